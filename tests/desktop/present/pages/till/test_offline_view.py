"""What works offline is what this shop's own rules say."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from common.terms import OfflineRedemption, PinPolicy, Terms
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.stamp import stamp
from desktop.present.pages.till.offline_view import OfflineLine, read_offline
from desktop.present.views import Tone
from tests.desktop import shop
from tests.helpers.clock import ManualClock


def line(till: Till, what: str) -> OfflineLine:
    return next(one for one in read_offline(till).lines if one.what == what)


@pytest.mark.parametrize(
    ("policy", "tone", "said"),
    [
        (OfflineRedemption.NEVER, Tone.NEUTRAL, "confirm each reward first"),
        (OfflineRedemption.CONFIRMED, Tone.WAITING, "Where the confirmed stamps are enough"),
        (OfflineRedemption.PROVISIONAL, Tone.OK, "Stamps that still wait count, too"),
    ],
)
def test_a_reward_follows_the_shop_s_policy(
    open_till: Callable[..., Till], policy: OfflineRedemption, tone: Tone, said: str
) -> None:
    told = line(open_till(terms=Terms(offline_redemption=policy)), "Hand out a reward")
    assert told.tone is tone
    assert said in told.how


def test_stamps_voids_and_pins_are_told_as_they_are_here(open_till: Callable[..., Till]) -> None:
    usual = open_till(terms=Terms(void_days_max=1))
    assert line(usual, "Stamp").tone is Tone.OK
    assert line(usual, "Take back").how == "Yes, up to 1 day back."
    assert line(usual, "PINs and a manager's approval").how == "Yes. They are checked on this till."
    usual.book.close()
    other = open_till(terms=Terms(version=2, stamps_enabled=False, allow_voids=False, pin_policy=PinPolicy.OFF))
    assert line(other, "Stamp").tone is Tone.NEUTRAL
    assert line(other, "Take back").how.startswith("Within a minute")
    assert "Nobody is asked" in line(other, "PINs and a manager's approval").how


def test_until_when_runs_from_the_oldest_operation_that_waits(
    open_till: Callable[..., Till], clock: ManualClock
) -> None:
    till = open_till(terms=Terms(pin_policy=PinPolicy.OFF), cards=[shop.card_row(1)])
    assert read_offline(till).until == "For 13 days from the first operation that waits."
    stamp(till, NOBODY, shop.card_id(1))
    assert read_offline(till).until.startswith("Until ")
    clock.advance(timedelta(days=14))
    assert read_offline(till).until.startswith("Not any more")
