"""POST /v1/tills/enrol: a code becomes a till."""

from http import HTTPStatus

import pydantic_core
from fastapi import APIRouter, Response

from common.wire.enrol import EnrolRequest, EnrolResponse
from common.wire.problem import ProblemCode
from server.access.enrolment import enrol
from server.api.deps import Body, HubOf
from server.api.problems import problem_response
from server.store.engine import in_transaction
from server.sync.intake import speaks_another_protocol
from server.trouble import NoTillNumberLeft

router = APIRouter()


@router.post("/v1/tills/enrol", response_model=EnrolResponse, status_code=HTTPStatus.CREATED)
def enrol_till(hub: HubOf, body: Body) -> Response:
    """Make a till of an enrolment code. A wrong, a used and an expired code get the same answer."""
    try:
        said = pydantic_core.from_json(body)
        if speaks_another_protocol(said):
            return problem_response(ProblemCode.UPDATE_NEEDED)
        request = EnrolRequest.model_validate(said)
    except ValueError:
        return problem_response(ProblemCode.MALFORMED)
    now = hub.clock.now()
    try:
        enrolled = in_transaction(
            hub.engine,
            lambda connection: enrol(
                connection, request.code, app_version=request.app_version, now=now, incarnation=hub.incarnation
            ),
        )
    except NoTillNumberLeft:
        return problem_response(ProblemCode.TILL_NUMBERS_USED_UP)
    if enrolled is None:
        return problem_response(ProblemCode.ENROLMENT_CODE_INVALID)
    return Response(enrolled.model_dump_json(), HTTPStatus.CREATED, media_type="application/json")
