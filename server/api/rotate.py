"""POST /v1/tills/token: a till asks for a new token."""

from http import HTTPStatus

import pydantic_core
from fastapi import APIRouter, Response

from common.wire.enrol import TokenRequest, TokenResponse
from common.wire.problem import ProblemCode
from server.access.rotation import offer_token
from server.api.deps import Body, HubOf, TokenHash
from server.api.described import inlined, takes
from server.api.problems import problem_response
from server.store.engine import in_transaction
from server.sync.intake import speaks_another_protocol

router = APIRouter()


@router.post(
    "/v1/tills/token",
    response_model=TokenResponse,
    status_code=HTTPStatus.CREATED,
    openapi_extra=takes(inlined(TokenRequest), required=False),
)
def rotate_token(hub: HubOf, token: TokenHash, body: Body) -> Response:
    """Offer a new token. The present one is good until the new one is first used; asking again replaces the offer."""
    try:
        said = pydantic_core.from_json(body or b"{}")
        if speaks_another_protocol(said):
            return problem_response(ProblemCode.UPDATE_NEEDED)
        request = TokenRequest.model_validate(said)
    except ValueError:
        return problem_response(ProblemCode.MALFORMED)
    offered = in_transaction(hub.engine, lambda connection: offer_token(connection, token))
    if isinstance(offered, ProblemCode):
        return problem_response(offered)
    answer = TokenResponse(nonce=request.nonce, token=offered, server_time=hub.clock.now())
    return Response(answer.model_dump_json(), HTTPStatus.CREATED, media_type="application/json")
