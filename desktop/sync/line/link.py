"""The line to the server, and the one file that knows the HTTP library. Every failure comes back as a value."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import certifi
import httpcore
import httpx

from common.clock import Clock
from common.version import VERSION
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.deadline import Cancelled, Deadline, DeadlineBackend
from desktop.sync.line.failures import (
    Busy,
    Declined,
    Failure,
    NotOurs,
    NotOursReason,
    TooLarge,
    Unreachable,
    UnreachableReason,
)

Result = TypeVar("Result")

ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024
"""A page of the feed ends at the end of a version, so that one large import makes one large page."""

LINE_BYTES_MAX: Final = 65_536

RETRY_AFTER_MAX_S: Final = 300
"""A server, or a proxy that speaks for it, may hold a till off for five minutes, not for a day."""

_CONNECT_S: Final = 5.0
_SILENCE_S: Final = 20.0
_KEEP_ALIVE_S: Final = 4.0
"""Below the five seconds after which uvicorn closes an idle connection: the till lets go first, so no request meets a
connection that is just being closed."""

_X509_NOT_YET_VALID: Final = 9
_X509_EXPIRED: Final = 10

_LINE_ERRORS = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole 2xx answer of JSON.

    Attributes:
        uptime_ms, wall_time: this machine's clocks when the answer began. That is the moment which the server's
            `server_time` belongs to, however long the body took.
    """

    status: int
    body: bytes
    uptime_ms: int
    wall_time: datetime

    def __repr__(self) -> str:
        """Without the body: an enrolment's answer holds the till's secrets."""
        return f"Answer(status={self.status}, {len(self.body)} bytes)"


class Link:
    """One server, one token. For one thread at a time; only `cancel` may be called from another.

    No redirects are followed, and no proxy or other setting is taken from the environment: the window and the command
    line must reach the same server whatever shell started them. Certificates are checked against the machine's own
    store, where a shop may have put its own authority, and certifi's, where the machine has none.

    `transport` carries the requests; None: the network does.
    """

    def __init__(
        self, server: ServerAddress, token: str | None, clock: Clock, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._server = server
        self._transport = transport
        self._headers = {"User-Agent": f"tillstamp/{VERSION}", "Accept": "application/json"}
        if token is not None:
            self.use_token(token)
        self._clock = clock
        self._cancelled = threading.Event()
        self._deadline = Deadline(clock, self._cancelled)
        self._client: httpx.Client | None = None

    def __repr__(self) -> str:
        return f"Link({self._server.url})"

    def get(self, path: str, params: Mapping[str, str | int], *, deadline_s: float) -> Answer | Failure:
        return self._exchange("GET", path, params=params, body=None, deadline_s=deadline_s)

    def post(
        self, path: str, body: bytes, *, deadline_s: float, params: Mapping[str, str | int] | None = None
    ) -> Answer | Failure:
        """Send JSON; with `params`, bytes that are not said to be anything."""
        return self._exchange("POST", path, params=params or {}, body=body, deadline_s=deadline_s)

    def beside(self) -> "Link":
        """A second line to the same server, for another thread, which speaks with whatever token this one does."""
        other = Link(self._server, None, self._clock)
        other._headers = self._headers
        return other

    def use_token(self, token: str) -> None:
        """Speak with this token from the next request on."""
        self._headers["Authorization"] = f"Bearer {token}"

    def cancel(self) -> None:
        """Give up the request under way, within a fraction of a second, and all later ones."""
        self._cancelled.set()

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def follow(self, path: str, hear: Callable[[str], None], *, silence_s: float) -> Failure:
        """Read a stream of events, `hear` each line as it comes, and say at its end why it ended.

        It is given up when no whole line came for `silence_s`, however long it was good before.
        """

        def read(response: httpx.Response) -> Failure:
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if response.is_success and media_type == "text/event-stream":
                return self._hear_lines(response, hear, silence_s)
            answer = self._read(response)
            return NotOurs(NotOursReason.WRONG_SHAPE, answer.status) if isinstance(answer, Answer) else answer

        self._deadline.begin(silence_s)
        # Not compressed: what gathers enough to compress it keeps it back.
        headers = self._headers | {"Accept": "text/event-stream, application/json", "Accept-Encoding": "identity"}
        return self._ask("GET", path, read, headers=headers, silence_s=silence_s)

    def _hear_lines(self, response: httpx.Response, hear: Callable[[str], None], silence_s: float) -> Failure:
        rest = b""
        for part in response.iter_bytes():
            *lines, rest = (rest + part).split(b"\n")
            if len(rest) > LINE_BYTES_MAX:
                return NotOurs(NotOursReason.TOO_LARGE, response.status_code)
            for line in lines:
                self._deadline.begin(silence_s)
                hear(line.rstrip(b"\r").decode(errors="replace"))
        return Unreachable(UnreachableReason.NETWORK, "the stream ended")

    def _exchange(
        self, method: str, path: str, *, params: Mapping[str, str | int], body: bytes | None, deadline_s: float
    ) -> Answer | Failure:
        self._deadline.begin(deadline_s)
        media_type = "application/octet-stream" if params else "application/json"
        headers = self._headers if body is None else {**self._headers, "Content-Type": media_type}
        return self._ask(method, path, self._read, headers=headers, params=params, body=body)

    def _ask(
        self,
        method: str,
        path: str,
        read: Callable[[httpx.Response], Result],
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None = None,
        body: bytes | None = None,
        silence_s: float = _SILENCE_S,
    ) -> Result | Failure:
        """Send one request and `read` what comes back. The deadline was begun by the caller."""
        try:
            client = self._open_client()
            with client.stream(
                method,
                self._server.url + path,
                params=params or None,
                content=body,
                headers=headers,
                timeout=httpx.Timeout(silence_s, connect=_CONNECT_S),
            ) as response:
                return read(response)
        except _LINE_ERRORS as error:
            return _failure_of(error)
        except (httpx.InvalidURL, UnicodeError) as error:
            # Names that cannot be looked up at all: "http://.../", a label of 64 characters.
            return Unreachable(UnreachableReason.NAME_NOT_FOUND, str(error))

    def _open_client(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(
                transport=self._transport or _Transport(self._server, self._deadline),
                trust_env=False,
                follow_redirects=False,
            )
        return self._client

    def _read(self, response: httpx.Response) -> Answer | Failure:
        uptime_ms, wall_time = self._clock.uptime_ms(), self._clock.now()
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > ANSWER_BYTES_MAX:
                return NotOurs(NotOursReason.TOO_LARGE, response.status_code)
        return _judge(response, Answer(response.status_code, bytes(body), uptime_ms, wall_time))


def _judge(response: httpx.Response, answer: Answer) -> Answer | Failure:
    """PROTOCOL.md's table of answers, for all that can be told without the request."""
    status = response.status_code
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        return TooLarge()
    is_json = _is_json(response.headers.get("Content-Type", ""))
    if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        said = _problem(status, answer.body) if is_json else None
        return Busy(status, _retry_after_ms(response.headers.get("Retry-After")), said.code if said else None)
    if response.is_success:
        return answer if is_json else NotOurs(NotOursReason.NOT_JSON, status)
    if response.is_redirect:
        return NotOurs(NotOursReason.REDIRECT, status, response.headers.get("Location", ""))
    problem = _problem(status, answer.body) if is_json else None
    return problem or NotOurs(NotOursReason.STATUS, status)


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _problem(status: int, body: bytes) -> Declined | None:
    """A problem of ours. Read by hand, because a newer server may send codes that this till does not know."""
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(problem, dict) or not isinstance(problem.get("code"), str):
        return None
    detail = problem.get("detail")
    return Declined(status, problem["code"], detail if isinstance(detail, str) else None)


def _retry_after_ms(header: str | None) -> int | None:
    """Retry-After in seconds. Its other form, a date, would be read against a clock that may be wrong: not used."""
    seconds = "" if header is None else header.strip()
    if not seconds.isdecimal():
        return None
    # Python refuses to read a number of thousands of digits; what has ten of them is long enough.
    return min(int(seconds[:10]), RETRY_AFTER_MAX_S) * 1000


def _failure_of(error: Exception) -> Failure:
    causes = list(_causes(error))
    detail = f"{type(error).__name__}: {error}"
    for cause in causes:
        match cause:
            case Cancelled():
                return Unreachable(UnreachableReason.CANCELLED, detail)
            case ssl.SSLCertVerificationError(verify_code=code):
                by_time = code in (_X509_NOT_YET_VALID, _X509_EXPIRED)
                reason = UnreachableReason.CERTIFICATE_TIME if by_time else UnreachableReason.CERTIFICATE
                return Unreachable(reason, detail)
            case socket.gaierror():
                return Unreachable(UnreachableReason.NAME_NOT_FOUND, detail)
            case ConnectionRefusedError():
                return Unreachable(UnreachableReason.REFUSED, detail)
            case httpcore.TimeoutException() | TimeoutError():
                return Unreachable(UnreachableReason.TIMED_OUT, detail)
            case httpcore.RemoteProtocolError() | httpx.DecodingError():
                return NotOurs(NotOursReason.TRUNCATED, detail=detail)
            case _:
                continue
    return Unreachable(UnreachableReason.NETWORK, detail)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


class _Transport(httpx.BaseTransport):
    """httpx over a pool with our own backend; httpx's own transport takes none."""

    def __init__(self, server: ServerAddress, deadline: Deadline) -> None:
        # Reading two stores of authorities takes some 30 ms that plain HTTP need not spend.
        context = _tls_context() if server.url.startswith("https:") else None
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=1,
            keepalive_expiry=_KEEP_ALIVE_S,
            network_backend=DeadlineBackend(deadline),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.content,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_AnswerStream(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _AnswerStream(httpx.SyncByteStream):
    """The body of an answer, as it arrives."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        # A connection that broke in mid-body cannot be closed politely; its failure was told by the read.
        with contextlib.suppress(httpcore.NetworkError):
            self._answer.close()


def _tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context
