"""GET /v1/sync/events: tells a till that there is something to pull, as server-sent events.

A till that never listens loses nothing but time. So a stream promises little: it tells the newest version and skips
those in between, and it says nothing at all while the server itself cannot hear what others commit.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from common.wire.events import COMMENT_EVERY_S, EVENTS_PATH
from common.wire.problem import PROBLEM_JSON, ProblemCode
from server.access.listening import Head, look
from server.api.deps import Hub, HubOf, TokenHash
from server.api.problems import problem_response
from server.store.engine import DatabaseBusy
from server.store.wake.listen import Listener

LOOK_AGAIN_EVERY_S: Final = 300.0
"""A till's right to listen is asked again even when nobody said that it ended: that word may be lost too."""

# A proxy that gathers what it passes on, or keeps it for the next who asks, would make this useless.
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_BUSY_PAUSE_S: Final = 1.0
_COMMENT: Final = b":\n\n"

_OPENAPI: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": (
            'A stream that stays open. `event: changed` with `data: {"ver": n}` at its beginning and after each '
            "commit that a till must pull; of several at once only the last. A comment line every 15 seconds."
        ),
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    401: {"description": "This till is not known, or was revoked.", "content": {PROBLEM_JSON: {}}},
}

router = APIRouter()


# The one endpoint that is async: a till listens all day, and must not hold a thread for it, nor a connection.
@router.get(EVENTS_PATH, response_class=StreamingResponse, responses=_OPENAPI)
async def events(hub: HubOf, token: TokenHash) -> Response:
    """Wake a till when there is something to pull."""
    head = await run_in_threadpool(look, hub.engine, token)
    if isinstance(head, ProblemCode):
        return problem_response(head)
    return StreamingResponse(_stream(hub, token, head), headers=_HEADERS, media_type="text/event-stream")


async def _stream(hub: Hub, token: bytes, admitted: Head) -> AsyncIterator[bytes]:
    """The stream, until the till hangs up, may listen no longer, or the server stops."""
    with (
        hub.figures.streams.track_inprogress(),
        hub.wake.listening(admitted.merchant_id, admitted.till_id) as listener,
    ):
        # Only a version that is read after we listen is followed by every later one.
        listener.tell(None)
        async for part in _told(hub, token, listener):
            yield part


async def _told(hub: Hub, token: bytes, listener: Listener) -> AsyncIterator[bytes]:
    looked_at = asyncio.get_running_loop().time()
    while True:
        told = await listener.wait(COMMENT_EVERY_S)
        if hub.wake.closed:
            return
        now = asyncio.get_running_loop().time()
        if told is not None and not told.look_again and told.ver is not None:
            yield _event(told.ver)
        elif told is not None or now - looked_at >= LOOK_AGAIN_EVERY_S:
            looked_at = now
            try:
                head = await run_in_threadpool(look, hub.engine, token)
            except DatabaseBusy:
                await asyncio.sleep(_BUSY_PAUSE_S)
                listener.tell(None)
                continue
            if isinstance(head, ProblemCode):
                return
            yield _event(head.ver)
        elif hub.wake.hearing:
            yield _COMMENT


def _event(ver: int) -> bytes:
    return b'event: changed\ndata: {"ver": %d}\n\n' % ver
