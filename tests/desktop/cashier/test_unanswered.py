"""A till that dies while it waits for the server's word on a redemption: nothing stays as if it had been handed out."""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from common.clock import SystemClock
from common.rules.refusals import RefusalCode, Refused
from common.terms import OfflineRedemption, PinPolicy, Terms
from common.wire.push import Outcome
from desktop.cashier.carry_over import carry_over
from desktop.cashier.engine import NOBODY, By, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.looking.activity import recent
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import Recorded
from desktop.cashier.people.sign_in import colleagues
from desktop.cashier.redeem import redeem
from desktop.cashier.unanswered import take_back_unanswered
from desktop.cashier.void import void_operation
from desktop.store import awaited
from desktop.store.book import Book
from desktop.store.operations import State
from tests.desktop import shop
from tests.desktop.shop import ANA, BEN, card_id, card_row
from tests.desktop.sync.test_with_the_real_hub import sent, till_of
from tests.helpers.clock import ManualClock
from tests.helpers.real_hub import RealHub

NO_VOIDS = Terms(allow_voids=False)
FULL = card_id(1)
LONG = timedelta(hours=3)


def cut_off(till: Till, by: By = NOBODY) -> Recorded:
    """The till records a redemption, and dies before it says anything of it."""
    done = redeem(till, by, FULL, server_will_answer=True, awaited=True)
    assert isinstance(done, Recorded)
    return done


def waited_for(till: Till) -> int:
    with till.book.read() as connection:
        return len(awaited.left_over(connection))


def balance(till: Till) -> int:
    card = card_again(till, FULL)
    assert card is not None
    return card.balance


def test_what_was_cut_off_is_taken_back_by_the_same_person_at_that_moment(
    open_till: Callable[..., Till], clock: ManualClock
) -> None:
    till = open_till(terms=NO_VOIDS, cards=[card_row(1, 10)])
    done = cut_off(till, By(BEN))
    assert balance(till) == 0
    clock.reboot(LONG)
    (void,) = take_back_unanswered(till)
    assert (void.at - done.at, void.card.balance) == (timedelta(seconds=2), 10)
    with till.book.read() as connection:
        (row,) = connection.execute(
            """
            SELECT staff_id, approved_by, json_extract(content, '$.reason'), json_extract(content, '$.boot_id')
            FROM operations WHERE kind = 'void'
            """
        ).fetchall()
    assert row[:3] == (str(BEN), None, "unanswered")
    assert row[3] != clock.boot_id()
    assert waited_for(till) == 0
    assert take_back_unanswered(till) == ()


def test_an_ordinary_void_would_have_come_too_late(open_till: Callable[..., Till], clock: ManualClock) -> None:
    """Why the void carries the moment of the wait: three hours later this shop takes nothing back."""
    till = open_till(terms=NO_VOIDS, cards=[card_row(1, 10)])
    done = cut_off(till, By(BEN))
    clock.advance(LONG)
    assert void_operation(till, By(BEN), done.key) == Refused(RefusalCode.VOIDS_NOT_ALLOWED)


def test_what_was_told_stays(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=Terms(pin_policy=PinPolicy.OFF), cards=[card_row(1, 10)])
    assert isinstance(redeem(till, NOBODY, FULL), Recorded)
    assert take_back_unanswered(till) == ()
    assert balance(till) == 0


def test_a_no_of_the_server_leaves_nothing_to_take_back(open_till: Callable[..., Till]) -> None:
    till = open_till(cards=[card_row(1, 10)])
    done = cut_off(till, By(BEN))
    shop.judged(till, shop.verdict(done.key, Outcome.REJECTED, ver=2, code="insufficient_stamps"))
    assert take_back_unanswered(till) == ()
    assert (balance(till), waited_for(till)) == (10, 0)


def test_what_somebody_took_back_meanwhile_is_not_taken_back_twice(
    open_till: Callable[..., Till], clock: ManualClock
) -> None:
    till = open_till(cards=[card_row(1, 10)])
    done = cut_off(till, By(BEN))
    clock.advance(LONG)
    assert isinstance(void_operation(till, By(ANA), done.key), Recorded)
    assert waited_for(till) == 0
    assert take_back_unanswered(till) == ()
    assert balance(till) == 10


def test_a_yes_that_nobody_was_told_is_taken_back(open_till: Callable[..., Till]) -> None:
    till = open_till(cards=[card_row(1, 10)])
    done = cut_off(till, By(BEN))
    shop.judged(till, shop.verdict(done.key, Outcome.ACCEPTED, ver=2))
    assert len(take_back_unanswered(till)) == 1
    assert balance(till) == 10


def test_however_long_the_till_was_off(open_till: Callable[..., Till], clock: ManualClock) -> None:
    """Past the day on which it may not record anything new: by its event time the void is two seconds old."""
    till = open_till(cards=[card_row(1, 10)])
    cut_off(till, By(BEN))
    clock.advance(timedelta(days=20))
    assert len(take_back_unanswered(till)) == 1


WAITS_IN_VAIN = """
import sys
from pathlib import Path
from common.clock import SystemClock
from desktop.cashier.engine import NOBODY, Till
from desktop.flow.redemption import redeem_with_server
from desktop.store.book import Book
from desktop.sync.runner import Runner
from tests.desktop.shop import card_id

with Book.open(Path(sys.argv[1])) as book:
    till = Till(book, SystemClock())
    # Never started: the server's word never comes.
    runner = Runner(book, lambda: None, till.clock, lambda: 1.0)
    till.on_recorded = lambda: print("recorded", flush=True)
    redeem_with_server(till, runner, NOBODY, card_id(1), patience_ms=600_000)
"""


def test_a_till_that_is_killed_while_it_waits(open_till: Callable[..., Till], book_path: Path) -> None:
    """Policy `provisional`: the till may go on alone, and would have after its two seconds."""
    terms = Terms(pin_policy=PinPolicy.OFF, offline_redemption=OfflineRedemption.PROVISIONAL)
    till = open_till(terms=terms, cards=[card_row(1, 10)])
    till.book.close()
    command = [sys.executable, "-c", WAITS_IN_VAIN, str(book_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "recorded\n"
        process.kill()
    with Book.open(book_path) as book:
        again = Till(book, SystemClock())
        assert balance(again) == 0
        assert len(take_back_unanswered(again)) == 1
        assert balance(again) == 10


class LaterClock(SystemClock):
    """This machine's clocks, some time later."""

    def __init__(self, later: timedelta) -> None:
        self._later = later

    def now(self) -> datetime:
        return super().now() + self._later

    def uptime_ms(self) -> int:
        return super().uptime_ms() + self._later // timedelta(milliseconds=1)


def test_the_server_judges_it_as_the_undo_of_a_moment(hub: RealHub, empty_book: Path, tmp_path: Path) -> None:
    """The redemption reached the server and was accepted; an hour later the till starts again."""
    hub.open_shop("stamps_target = 2\nallow_voids = false")
    with till_of(hub, empty_book, tmp_path / "front") as (till, exchange):
        people = {one.member.name: By(one.member.id) for one in colleagues(till)}
        ana, ben = people["Ana"], people["Ben"]
        begun = enrol(till, ben)
        assert isinstance(begun, Recorded)
        card = begun.card.card_id
        assert isinstance(carry_over(till, ana, card, 2), Recorded)
        assert sent(exchange) == 2
        done = redeem(till, ben, card, server_will_answer=True, awaited=True)
        assert isinstance(done, Recorded)
        assert sent(exchange) == 1
        till.clock = LaterClock(timedelta(hours=1))
        assert len(take_back_unanswered(till)) == 1
        assert sent(exchange) == 1
        assert [one.operation.state for one in recent(till, 2)] == [State.ACCEPTED, State.ACCEPTED]
        assert hub.rows("SELECT stamp_count FROM cards")[0].stamp_count == 2
