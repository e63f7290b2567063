"""Wake-up: what a till hears on the stream of server-sent events. The stream itself is HTTP, and each side's own."""

from typing import Final

from pydantic import Field

from common.wire.base import INTEGER_MAX, Message

EVENTS_PATH: Final = "/v1/sync/events"
CHANGED: Final = "changed"

COMMENT_EVERY_S: Final = 15.0
"""How often a stream without news shows that it lives."""

SILENCE_MOST_S: Final = 3 * COMMENT_EVERY_S
"""After which a till gives a stream up: somebody on the way keeps what the server says, or the line is dead."""


class Changed(Message):
    """The data of an event `changed`: the merchant's newest version."""

    ver: int = Field(ge=0, le=INTEGER_MAX)
