"""What the strip says of the program's own version, and what is said instead where something matters more."""

from collections.abc import Callable
from datetime import timedelta

from common.version import VERSION
from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.present.pages.here import read_here
from desktop.present.pages.till.strip_view import strip_view
from desktop.sync.state import SyncState


def notice(till: Till, version: str | None, clock_off: timedelta = timedelta(0)) -> str:
    return strip_view(
        read_here(till), activity.counts(till), SyncState(online=True, till_version=version), "", clock_off=clock_off
    ).notice_text


def test_a_newer_version_is_there(open_till: Callable[..., Till]) -> None:
    till = open_till()
    assert notice(till, "99.0") == "Version 99.0 is there"
    assert notice(till, VERSION) == notice(till, None) == notice(till, "0.0.1") == ""


def test_a_clock_that_is_wrong_comes_first(open_till: Callable[..., Till]) -> None:
    assert notice(open_till(), "99.0", timedelta(minutes=7)) == "Clock 7 min fast"
