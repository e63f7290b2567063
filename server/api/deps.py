"""What the endpoints are given: the hub that the app was built with, who asks, and a body that is not too large."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, Final, cast

from fastapi import Depends, Header, Request
from sqlalchemy import Engine

from common.clock import Clock
from common.wire.base import MAX_BODY_BYTES
from common.wire.park import PARKED_BYTES_MAX
from common.wire.problem import ProblemCode
from server.access.senders import sender_of
from server.access.tokens import sha256
from server.observing.figures import Figures
from server.store.agreement.digests import Digests
from server.store.wake.listen import Wake

BODY_S: Final = 60.0
"""A till gives its request up after 30 s; whoever still sends after a minute is none."""


@dataclass(frozen=True, slots=True)
class Hub:
    """What one server process has.

    Attributes:
        engine: for what writes.
        feed_engine: the same connections, in REPEATABLE READ.
        incarnation: which life of the database this is.
        receipt_key: what receipts are sealed with.
        wake: tells the streams of this process what was committed, here or elsewhere.
        figures: what is counted for Prometheus.
        digests: what tills check their cards by.
        till_version: the program that tills are told to have.
    """

    engine: Engine
    feed_engine: Engine
    clock: Clock
    incarnation: str
    receipt_key: bytes
    wake: Wake
    figures: Figures
    digests: Digests = field(default_factory=Digests)
    till_version: str | None = None


class ProblemError(Exception):
    """Ends a request with a problem, from where no answer can be returned."""

    def __init__(self, code: ProblemCode) -> None:
        super().__init__(code)
        self.code = code


# Async, though they wait for nothing: FastAPI hands each plain function to a thread, and that costs more than it does.
async def hub(request: Request) -> Hub:
    return cast(Hub, request.app.state.hub)


async def token_sha256(authorization: Annotated[str | None, Header()] = None) -> bytes:
    """The hash of the bearer token; the token itself goes no further than here."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ProblemError(ProblemCode.TOKEN_INVALID)
    return sha256(token.strip())


async def bounded_body(request: Request) -> bytes:
    """The body, read no further than it may be long."""
    return await _read(request, MAX_BODY_BYTES)


async def parked_body(request: Request) -> bytes:
    """The body of one operation."""
    return await _read(request, PARKED_BYTES_MAX)


async def _read(request: Request, bytes_max: int) -> bytes:
    """The body, and no longer than it may take.

    Whatever Content-Length says: what arrives is counted. A compressed body is not taken: what it grows to would need
    a bound of its own, and a full batch of stamps is some 200 KiB as it is.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise ProblemError(ProblemCode.ENCODING_NOT_SUPPORTED)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > bytes_max:
                    raise ProblemError(ProblemCode.TOO_LARGE)
    except TimeoutError:
        raise ProblemError(ProblemCode.TOO_SLOW) from None
    return bytes(body)


async def sender(request: Request) -> str:
    """The address that a request came from, as it is counted."""
    return sender_of(request.client.host if request.client else None)


HubOf = Annotated[Hub, Depends(hub)]
TokenHash = Annotated[bytes, Depends(token_sha256)]
Body = Annotated[bytes, Depends(bounded_body)]
ParkedBody = Annotated[bytes, Depends(parked_body)]
Sender = Annotated[str, Depends(sender)]
