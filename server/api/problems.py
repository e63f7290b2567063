"""Problems as HTTP: one place knows which status and which words belong to a code (RFC 9457)."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from common.wire.problem import PROBLEM_JSON, Problem, ProblemCode
from server.store.engine import DatabaseBusy

RETRY_AFTER_S: Final = 1

_ANSWERS: Final[dict[ProblemCode, tuple[HTTPStatus, str]]] = {
    ProblemCode.ENROLMENT_CODE_INVALID: (
        HTTPStatus.UNAUTHORIZED,
        "This enrolment code does not work. Codes work once, for ten minutes: ask for a new one.",
    ),
    ProblemCode.TOKEN_INVALID: (HTTPStatus.UNAUTHORIZED, "This till is not known here. It must be enrolled again."),
    ProblemCode.TILL_REVOKED: (HTTPStatus.UNAUTHORIZED, "This till was revoked. It must be enrolled again."),
    ProblemCode.MALFORMED: (HTTPStatus.BAD_REQUEST, "The request is not what this protocol says."),
    ProblemCode.TOO_LARGE: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A batch has at most 1 MiB."),
    ProblemCode.TOO_MANY_OPERATIONS: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A batch has at most 500 operations."),
    ProblemCode.TOO_SLOW: (HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time."),
    ProblemCode.TOO_MANY_REQUESTS: (HTTPStatus.TOO_MANY_REQUESTS, "Too many requests. Retry-After says when."),
    ProblemCode.TOO_MANY_ATTEMPTS: (
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many wrong enrolment codes came from here. Retry-After says when the next is looked at.",
    ),
    ProblemCode.ENCODING_NOT_SUPPORTED: (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "A body is taken as it is, without a Content-Encoding.",
    ),
    ProblemCode.UPDATE_NEEDED: (HTTPStatus.UPGRADE_REQUIRED, "This server speaks another protocol: update the till."),
    ProblemCode.BUSY: (HTTPStatus.SERVICE_UNAVAILABLE, "The server is busy. The same request works in a moment."),
    ProblemCode.NOT_FOUND: (HTTPStatus.NOT_FOUND, "There is nothing at this address."),
    ProblemCode.METHOD_NOT_ALLOWED: (HTTPStatus.METHOD_NOT_ALLOWED, "This address does not take this method."),
    ProblemCode.TILL_NUMBERS_USED_UP: (
        HTTPStatus.CONFLICT,
        "This shop has no number left for another till. A till that is no longer used can be enrolled again.",
    ),
    ProblemCode.INTERNAL: (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The server failed. What it kept of this request it tells when asked again.",
    ),
}

_CODE_OF_STATUS: Final[dict[int, ProblemCode]] = {
    HTTPStatus.NOT_FOUND: ProblemCode.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ProblemCode.METHOD_NOT_ALLOWED,
}


def problem_response(
    code: ProblemCode,
    detail: str | None = None,
    headers: Mapping[str, str] | None = None,
    retry_after_s: float | None = None,
) -> Response:
    """The answer that a problem gives. `retry_after_s` is rounded up, so that whoever waits as told is let in."""
    status, title = _ANSWERS[code]
    problem = Problem(title=title, status=status, code=code, detail=detail)
    if retry_after_s is None and status is HTTPStatus.SERVICE_UNAVAILABLE:
        retry_after_s = RETRY_AFTER_S
    retry = {} if retry_after_s is None else {"Retry-After": str(math.ceil(retry_after_s))}
    return Response(problem.model_dump_json(), status, {**(headers or {}), **retry}, PROBLEM_JSON)


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem, never with a traceback or somebody's data."""

    @app.exception_handler(HTTPException)
    def http_error(_request: Request, error: HTTPException) -> Response:
        code = _CODE_OF_STATUS.get(error.status_code, ProblemCode.MALFORMED)
        return problem_response(code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    def malformed(_request: Request, _error: Exception) -> Response:
        # The validator's own words would quote the request, and with it what may be secret.
        return problem_response(ProblemCode.MALFORMED)

    @app.exception_handler(DatabaseBusy)
    def busy(_request: Request, _error: Exception) -> Response:
        return problem_response(ProblemCode.BUSY)

    @app.exception_handler(Exception)
    def failed(_request: Request, _error: Exception) -> Response:
        return problem_response(ProblemCode.INTERNAL)
