"""What a push and its answer say beside the operations: fields that came later, and what a till of its own lacks."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest
from pydantic import ValidationError

from common.wire.park import ParkRequest
from common.wire.push import MissingPlace, PushRequest, PushResponse
from tests.samples import files

APPENDED: Final = {"next_seq", "missing_after", "asks", "repaired_buckets"}
KEY: Final = UUID(int=9)
MISSING: Final[dict[str, Any]] = {
    "epoch": 2,
    "operation": {"seq": 7, "kind": "stamp"},
    "verdict": {"key": str(KEY), "seq": 7, "outcome": "accepted", "ver": 3},
}
PARKED: Final[dict[str, Any]] = {
    "protocol": "1",
    "nonce": str(UUID(int=1)),
    "epoch": "2",
    "seq": "7",
    "key": str(KEY),
    "sent_at": "2026-11-22T10:00:00Z",
    "boot_id": "boot",
    "uptime_ms": "5",
    "app_version": "0.1.0",
}


def answer(**said: Any) -> PushResponse:
    return PushResponse.model_validate(files.read("push_response") | said)


def test_what_was_appended_is_left_out_where_it_says_nothing() -> None:
    request = PushRequest.model_validate(files.read("push_request"))
    assert not APPENDED & request.model_dump(mode="json").keys()
    place = MissingPlace(epoch=1, seq=4)
    said = request.model_copy(update={"next_seq": 8, "missing_after": place}).model_dump(mode="json")
    assert APPENDED & said.keys() == {"next_seq", "missing_after"}


def test_what_is_missing_is_asked_for_behind_the_last_that_came() -> None:
    assert answer().missing_behind is None
    assert answer(missing=[MISSING]).missing_behind is None
    more = answer(missing=[MISSING, MISSING | {"epoch": 3}], missing_more=True)
    assert more.missing_behind == MissingPlace(epoch=3, seq=7, key=KEY)


@pytest.mark.parametrize("missing", [[], [MISSING | {"operation": {"kind": "stamp"}}]])
def test_more_that_cannot_be_asked_for_is_no_answer(missing: list[Any]) -> None:
    with pytest.raises(ValidationError, match=r"missing_more|seq"):
        answer(missing=missing, missing_more=True)


def test_what_is_handed_in_unread_says_the_least_in_a_query() -> None:
    request = ParkRequest.model_validate(PARKED)
    assert (request.protocol, request.epoch, request.seq, request.key, request.uptime_ms) == (1, 2, 7, KEY, 5)
    assert (request.kind, request.card_id, request.digest, request.pending) == (None, None, None, 1)
    assert request.sent_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        {"seq": "0"},
        {"seq": "x"},
        {"uptime_ms": "-1"},
        {"kind": "Stamp!"},
        {"digest": "00"},
        {"pending": "-1"},
        {"sent_at": "9999-12-31T00:00:00Z"},
    ],
)
def test_what_is_handed_in_has_bounds(said: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ParkRequest.model_validate(PARKED | said)
