"""POST /v1/sync/park: a till hands in one operation that it cannot push."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from common.wire.base import PROTOCOL
from common.wire.park import ParkRequest
from common.wire.problem import ProblemCode
from common.wire.push import PushResponse
from server.api.deps import HubOf, ParkedBody, TokenHash
from server.api.described import takes
from server.api.problems import problem_response
from server.api.push import tell_verdicts
from server.sync.receive import park

router = APIRouter()

_ANY_BYTES: Final = {"type": "string", "format": "binary"}


@router.post("/v1/sync/park", response_model=PushResponse, openapi_extra=takes(_ANY_BYTES, "application/octet-stream"))
def park_(hub: HubOf, token: TokenHash, request: Annotated[ParkRequest, Query()], body: ParkedBody) -> Response:
    """Keep the bytes of one operation for a person to look at, and answer as a push does. Safe to repeat."""
    received_at = hub.clock.now()
    if request.protocol != PROTOCOL:
        return problem_response(ProblemCode.UPDATE_NEEDED)
    answer = park(
        hub.engine,
        token,
        request,
        body,
        received_at=received_at,
        incarnation=hub.incarnation,
        receipt_key=hub.receipt_key,
    )
    if isinstance(answer, ProblemCode):
        return problem_response(answer)
    tell_verdicts(hub, answer)
    return Response(answer.__pydantic_serializer__.to_json(answer), media_type="application/json")
