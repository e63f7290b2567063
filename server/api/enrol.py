"""POST /v1/tills/enrol: a code becomes a till."""

from http import HTTPStatus

import pydantic_core
from fastapi import APIRouter, Response
from sqlalchemy import Connection

from common.wire.enrol import EnrolRequest, EnrolResponse
from common.wire.problem import ProblemCode
from server.access.attempts import count_attempt, place_of, take_back_attempt
from server.access.enrolment import enrol
from server.api.deps import Body, HubOf, Sender
from server.api.described import inlined, takes
from server.api.problems import problem_response
from server.store.engine import in_transaction, limit_lock_waits
from server.sync.intake import speaks_another_protocol
from server.trouble import NoTillNumberLeft

router = APIRouter()


@router.post(
    "/v1/tills/enrol",
    response_model=EnrolResponse,
    status_code=HTTPStatus.CREATED,
    openapi_extra=takes(inlined(EnrolRequest)),
)
def enrol_till(hub: HubOf, body: Body, sender: Sender) -> Response:
    """Make a till of an enrolment code. A wrong, a used and an expired code get the same answer.

    After ten of them from one address within an hour no code is looked at, right or wrong.
    """
    try:
        said = pydantic_core.from_json(body)
        if speaks_another_protocol(said):
            return problem_response(ProblemCode.UPDATE_NEEDED)
        request = EnrolRequest.model_validate(said)
    except ValueError:
        return problem_response(ProblemCode.MALFORMED)
    now, place = hub.clock.now(), place_of(sender, hub.receipt_key)

    def work(connection: Connection) -> EnrolResponse | int | None:
        limit_lock_waits(connection)
        if wait_s := count_attempt(connection, place, now):
            return wait_s
        made = enrol(connection, request.code, app_version=request.app_version, now=now, incarnation=hub.incarnation)
        if made is not None:
            take_back_attempt(connection, place)
        return made

    try:
        enrolled = in_transaction(hub.engine, work)
    except NoTillNumberLeft:
        return problem_response(ProblemCode.TILL_NUMBERS_USED_UP)
    if enrolled is None:
        return problem_response(ProblemCode.ENROLMENT_CODE_INVALID)
    if isinstance(enrolled, int):
        return problem_response(ProblemCode.TOO_MANY_ATTEMPTS, retry_after_s=enrolled)
    return Response(enrolled.model_dump_json(), HTTPStatus.CREATED, media_type="application/json")
