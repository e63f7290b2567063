"""Reading what our server answered, and keeping what every answer tells: the time, and that it was reached."""

from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError

from common.clock import Clock
from common.wire.base import Message
from desktop.store.contact import Contact
from desktop.sync.line.failures import NotOurs, NotOursReason
from desktop.sync.line.link import Answer

MessageT = TypeVar("MessageT", bound=Message)


def read_answer(answer: Answer, shape: type[MessageT]) -> MessageT | NotOurs:
    """The message in an answer; JSON of another shape is somebody else's."""
    try:
        return shape.model_validate_json(answer.body)
    except ValidationError as error:
        # Only where it is wrong, never what stands there: an enrolment's answer holds the till's secrets.
        places = ", ".join(".".join(map(str, wrong["loc"])) or wrong["type"] for wrong in error.errors()[:3])
    return NotOurs(NotOursReason.WRONG_SHAPE, answer.status, places)


def contact_of(answer: Answer, server_time: datetime, clock: Clock) -> Contact:
    """The contact that an answer was."""
    return Contact(server_time, answer.wall_time, answer.uptime_ms, clock.boot_id())
