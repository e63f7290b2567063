"""POST /v1/sync/push: a till sends its queue."""

from fastapi import APIRouter, Response

from common.wire.problem import ProblemCode
from common.wire.push import PushResponse
from server.api.deps import Body, Hub, HubOf, TokenHash
from server.api.described import push_schema, takes
from server.api.problems import problem_response
from server.observing.request import current_request
from server.sync.intake import read_push
from server.sync.receive import receive

router = APIRouter()


@router.post("/v1/sync/push", response_model=PushResponse, openapi_extra=takes(push_schema()))
def push(hub: HubOf, token: TokenHash, body: Body) -> Response:
    """Judge a batch of operations. Safe to repeat: the key of an operation decides."""
    received_at = hub.clock.now()
    request = read_push(body)
    if isinstance(request, ProblemCode):
        return problem_response(request)
    answer = receive(
        hub.engine,
        token,
        request,
        received_at=received_at,
        incarnation=hub.incarnation,
        receipt_key=hub.receipt_key,
        body=body,
    )
    if isinstance(answer, ProblemCode):
        return problem_response(answer)
    tell_verdicts(hub, answer)
    if hub.till_version:
        answer = answer.model_copy(update={"till_version": hub.till_version})
    return Response(answer.__pydantic_serializer__.to_json(answer), media_type="application/json")


def tell_verdicts(hub: Hub, answer: PushResponse) -> None:
    """Count what was answered, and let the log tell it with the request."""
    counted = hub.figures.count_verdicts(answer.verdicts)
    if (request := current_request()) is not None:
        request.figures.update(counted)
