"""What a till hears on the stream of events: one number, with bounds."""

import pytest
from pydantic import ValidationError

from common.wire.base import INTEGER_MAX
from common.wire.events import COMMENT_EVERY_S, SILENCE_MOST_S, Changed


def test_a_change_says_the_newest_version_and_whatever_a_newer_server_adds() -> None:
    assert Changed.model_validate_json('{"ver": 7, "since": "yesterday"}').ver == 7


@pytest.mark.parametrize("ver", [-1, INTEGER_MAX + 1, 1.5, "many", None])
def test_a_version_has_bounds(ver: object) -> None:
    with pytest.raises(ValidationError):
        Changed.model_validate({"ver": ver})


def test_one_comment_that_gets_lost_is_no_silence() -> None:
    assert SILENCE_MOST_S > 2 * COMMENT_EVERY_S
