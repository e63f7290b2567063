"""GET /healthz, /readyz and /metrics: for whoever keeps the server running."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from common.wire.problem import ProblemCode
from server.api.deps import HubOf
from server.api.problems import problem_response
from server.store.migrate import is_current

router = APIRouter()


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process is up."""
    return {"status": "up"}


@router.get("/readyz", response_model=dict[str, str])
def readyz(hub: HubOf) -> Response | dict[str, str]:
    """The database answers, and its schema is this program's."""
    try:
        current = is_current(hub.engine)
    except (OperationalError, PoolTimeout):
        return problem_response(ProblemCode.BUSY, "The database does not answer.")
    return {"status": "ready"} if current else problem_response(ProblemCode.BUSY, "The schema is not current.")


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(hub: HubOf) -> Response:
    """Prometheus' text format."""
    return Response(hub.figures.text(), media_type=CONTENT_TYPE_LATEST)
