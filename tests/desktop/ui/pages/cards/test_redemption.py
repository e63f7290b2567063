"""A reward at the window: what is said, for each policy and each way the server may answer or not."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from common.terms import OfflineRedemption
from common.wire.push import Outcome
from desktop.cashier.carry_over import carry_over
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.looking import activity
from desktop.cashier.outcome import Recorded
from desktop.cashier.redeem import redeem
from desktop.cashier.unanswered import take_back_unanswered
from desktop.store.operations import State
from desktop.ui.pages.page import Page
from tests.desktop.flow.test_redemption import Hub, balance, shop, states
from tests.desktop.shop import token
from tests.desktop.sync.scripted_server import free_port, serving
from tests.desktop.sync.test_with_the_real_hub import sent, till_of
from tests.desktop.ui.at_work import AtWork, at_work
from tests.helpers.real_hub import RealHub

POLICIES = list(OfflineRedemption)
REJECTED = "Do not hand it out: The card is not full yet."
ALONE = "The server has not confirmed it yet; this shop hands it out all the same."
UNANSWERED = "Do not hand it out: The server did not answer, and a reward needs its word. The stamps are kept."


class HangingHub(Hub):
    """Takes the operations that are pushed and says nothing, for as long as the test lasts."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def _push(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["operations"]:
            self.over.wait(60)
        return super()._push(request)


@pytest.fixture
def hanging() -> Iterator[HangingHub]:
    hub = HangingHub()
    yield hub
    hub.over.set()


def press_redeem(work: AtWork) -> list[str]:
    """The full card is scanned and redeemed; what the banner said, in order."""
    said: list[str] = []
    banner = work.window.result.banner
    work.window.result_shown.connect(lambda result: said.append(result.title))
    work.open_card(token(1))
    work.press(Qt.Key.Key_F2)
    work.until(banner.isVisible)
    work.result()
    return said


def online(work: AtWork) -> None:
    work.until(lambda: work.opened.counter.sync.online is True)


@pytest.mark.parametrize("policy", POLICIES)
def test_the_servers_yes(
    book_path: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path, policy: OfflineRedemption
) -> None:
    with (
        shop(book_path, policy) as till,
        serving(Hub()) as server,
        at_work(qtbot, qapp, till, tmp_path, server.url) as work,
    ):
        online(work)
        assert press_redeem(work) == ["Confirming…", "Hand out: Free coffee"]
        assert work.result() == "Hand out: Free coffee: 0 stamps left on the card."


@pytest.mark.parametrize("policy", POLICIES)
def test_the_servers_no(
    book_path: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path, policy: OfflineRedemption
) -> None:
    hub = Hub(Outcome.REJECTED, "insufficient_stamps")
    with (
        shop(book_path, policy) as till,
        serving(hub) as server,
        at_work(qtbot, qapp, till, tmp_path, server.url) as work,
    ):
        online(work)
        assert press_redeem(work) == ["Confirming…", "Do not hand it out"]
        assert work.result() == REJECTED
        assert balance(till) == 10


@pytest.mark.parametrize("policy", POLICIES)
def test_a_server_that_hangs(
    book_path: Path,
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path: Path,
    policy: OfflineRedemption,
    hanging: HangingHub,
) -> None:
    """Two seconds of "Confirming…", then what the shop decided, and the screen says which it was."""
    with (
        shop(book_path, policy) as till,
        serving(hanging) as server,
        at_work(qtbot, qapp, till, tmp_path, server.url) as work,
    ):
        online(work)
        begun_ms = till.clock.uptime_ms()
        said = press_redeem(work)
        assert till.clock.uptime_ms() - begun_ms >= 2_000
        if policy is OfflineRedemption.NEVER:
            assert said == ["Confirming…", "Do not hand it out"]
            assert work.result() == UNANSWERED
            assert (balance(till), states(till)[0]) == (10, ("void", State.WAITING))
        else:
            assert said == ["Confirming…", "Hand out: Free coffee"]
            assert ALONE in work.result()
            assert (balance(till), states(till)) == (0, [("redeem", State.WAITING)])
        hanging.over.set()


@pytest.mark.parametrize("policy", [OfflineRedemption.CONFIRMED, OfflineRedemption.PROVISIONAL])
def test_offline_nobody_waits(
    book_path: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path, policy: OfflineRedemption
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with shop(book_path, policy) as till, at_work(qtbot, qapp, till, tmp_path, url) as work:
        work.until(lambda: work.opened.counter.sync.online is False)
        assert press_redeem(work) == ["Hand out: Free coffee"]
        assert ALONE in work.result()


def test_a_window_that_is_closed_while_it_waits_hands_out_nothing(
    book_path: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path, hanging: HangingHub
) -> None:
    with shop(book_path, OfflineRedemption.PROVISIONAL) as till, serving(hanging) as server:
        with at_work(qtbot, qapp, till, tmp_path, server.url) as work:
            online(work)
            work.open_card(token(1))
            work.press(Qt.Key.Key_F2)
            work.until(lambda: states(till) == [("redeem", State.WAITING)])
        assert balance(till) == 10
        assert take_back_unanswered(till) == ()
        hanging.over.set()


def test_a_till_that_died_while_it_waited_says_so_at_its_next_start(
    book_path: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with shop(book_path, OfflineRedemption.PROVISIONAL) as till:
        done = cut_off(till)
        with at_work(qtbot, qapp, till, tmp_path, url) as work:
            assert work.result().startswith("Not handed out: The till stopped while it waited for the server.")
            assert "0007-0000-0011" in work.result()
            assert work.window.page is Page.IDLE
        assert balance(till) == 10
        assert done.key in {one.operation.original for one in activity.recent(till, 5)}


def cut_off(till: Till) -> Recorded:
    """The redemption that was cut off."""
    with till.book.read() as connection:
        (card_id,) = connection.execute("SELECT card_id FROM synced_cards").fetchone()
    done = redeem(till, NOBODY, card_id, server_will_answer=True, awaited=True)
    assert isinstance(done, Recorded)
    return done


@pytest.mark.parametrize("policy", POLICIES)
def test_the_real_server_says_yes_once_and_no_to_the_other_till(
    hub: RealHub, empty_book: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path, policy: OfflineRedemption
) -> None:
    """Two tills, one full card: the second redeems before it has heard of the first."""
    hub.open_shop(f'stamps_target = 2\npin_policy = "off"\noffline_redemption = "{policy.value}"')
    with (
        till_of(hub, empty_book, tmp_path / "front") as (front, of_front),
        till_of(hub, empty_book, tmp_path / "back", "port") as (back, of_back),
    ):
        begun = enrol(front, NOBODY)
        assert isinstance(begun, Recorded)
        full = carry_over(front, NOBODY, begun.card.card_id, 2)
        assert isinstance(full, Recorded)
        sent(of_front)
        sent(of_back)
        with at_work(qtbot, qapp, front, tmp_path / "front", hub.url) as work:
            online(work)
            said: list[str] = []
            work.window.result_shown.connect(lambda result: said.append(result.title))
            work.scan(full.card.token)
            work.on(Page.CARD)
            work.press(Qt.Key.Key_F2)
            work.until(lambda: work.result() == "Hand out: Free coffee: 0 stamps left on the card.")
            assert said == ["Confirming…", "Hand out: Free coffee"]
        # The other till knows the card as full, and its window asks before it pulls.
        done = redeem(back, NOBODY, full.card.card_id, server_will_answer=True, awaited=True)
        assert isinstance(done, Recorded)
        of_back.push(10)
        (mine,) = [one.operation for one in activity.recent(back, 9) if one.operation.key == done.key]
        assert mine.state is State.REJECTED
        assert take_back_unanswered(back) == ()
