"""PINs: counted before they are looked at, locked by person, unlocked by a manager, offline."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from common.ids import StaffId
from common.rules.refusals import RefusalCode, Refused
from common.rules.standing import Role
from common.terms import Terms
from common.wire.operations import OPERATION, LockoutOperation
from common.wire.pull import Changes
from desktop.cashier.engine import Till
from desktop.cashier.outcome import Locked, NoPin, SignedIn, Unlocked, WrongPin
from desktop.cashier.people.sign_in import colleague, colleagues, sign_in, unlock
from desktop.secrets import TillSecrets
from desktop.store import operations
from desktop.trouble import NotSyncedYet, SecretsUnreachable
from tests.desktop.shop import ANA, BEN, CLEO, MINUTE, PINS, PORT, SECRETS, card_id, enrol_till, pull, staff_row
from tests.helpers.clock import START, ManualClock

ROOT = Path(__file__).parents[3]


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(terms=Terms())


def _lockouts(till: Till) -> list[LockoutOperation]:
    with till.book.read() as connection:
        sent = [OPERATION.validate_python(one.wire()) for one in operations.waiting(connection, 500, 2**20)]
    return [one for one in sent if isinstance(one, LockoutOperation)]


def _failures(till: Till) -> list[tuple[str, int]]:
    with till.book.read() as connection:
        return connection.execute("SELECT staff_id, failures FROM pin_attempts").fetchall()


def test_the_right_pin(till: Till) -> None:
    assert sign_in(till, BEN, PINS[BEN]) == SignedIn(BEN, "Ben", Role.CASHIER, START)
    assert _failures(till) == []


@pytest.mark.parametrize("pin", ["0000", "", "12", "1234567", "abcd", "１３５７"])
def test_a_wrong_pin_costs_an_attempt_whatever_it_is(till: Till, pin: str) -> None:
    assert sign_in(till, BEN, pin) == WrongPin(2)
    assert sign_in(till, ANA, "0000") == WrongPin(2)
    assert sign_in(till, BEN, pin) == WrongPin(1)
    assert isinstance(sign_in(till, BEN, PINS[BEN]), SignedIn)
    assert sign_in(till, BEN, pin) == WrongPin(2)


def test_the_last_attempt_may_be_the_right_one(till: Till) -> None:
    for left in (2, 1):
        assert sign_in(till, BEN, "0000") == WrongPin(left)
    assert isinstance(sign_in(till, BEN, PINS[BEN]), SignedIn)
    assert _lockouts(till) == []
    assert sign_in(till, BEN, "0000") == WrongPin(2)


def test_too_many_lock_that_person_alone_and_tell_the_server_once(till: Till, clock: ManualClock) -> None:
    woken: list[None] = []
    till.on_recorded = lambda: woken.append(None)
    for _ in range(2):
        sign_in(till, BEN, "0000")
    locked = Locked("Ben", START + 30 * MINUTE)
    assert sign_in(till, BEN, "0000") == locked
    assert sign_in(till, BEN, PINS[BEN]) == locked
    assert isinstance(sign_in(till, ANA, PINS[ANA]), SignedIn)
    assert [(one.staff_id, one.failures, one.card_id) for one in _lockouts(till)] == [(BEN, 3, None)]
    assert woken == [None]
    tiles = {one.member.name: one.locked_until for one in colleagues(till)}
    assert tiles == {"Ana": None, "Ben": START + 30 * MINUTE, "Cleo": None}

    # Setting the computer's clock unlocks nobody; waiting does.
    clock.jump(timedelta(days=1))
    assert sign_in(till, BEN, PINS[BEN]) == locked
    clock.advance(30 * MINUTE)
    assert sign_in(till, BEN, "0000") == WrongPin(2)
    assert isinstance(sign_in(till, BEN, PINS[BEN]), SignedIn)


def test_a_manager_unlocks_a_colleague(till: Till) -> None:
    for _ in range(3):
        sign_in(till, BEN, "0000")
    manager = sign_in(till, ANA, PINS[ANA])
    assert isinstance(manager, SignedIn)
    pretender = SignedIn(CLEO, "Cleo", Role.MANAGER, START)
    assert unlock(till, pretender, BEN) == Refused(RefusalCode.MANAGER_REQUIRED)
    assert unlock(till, manager, BEN) == Unlocked("Ben")
    assert isinstance(sign_in(till, BEN, PINS[BEN]), SignedIn)


def test_a_colleague_is_told_what_is_left(till: Till, clock: ManualClock) -> None:
    def left() -> tuple[int | None, bool]:
        ben = colleague(till, BEN)
        assert ben is not None
        return ben.attempts_left, ben.locked_until is not None

    assert left() == (None, False)
    sign_in(till, BEN, "9999")
    assert left() == (2, False)
    for _ in range(2):
        sign_in(till, BEN, "9999")
    assert left() == (None, True)
    clock.advance(30 * MINUTE)
    assert left() == (None, False)
    assert colleague(till, StaffId(uuid.UUID(int=99))) is None


def test_a_till_killed_while_it_checks_has_counted(till: Till, book_path: Path) -> None:
    till.book.close()
    code = (
        "import sys; from pathlib import Path\n"
        "from desktop.cashier.people import sign_in; from desktop.cashier.engine import Till\n"
        "from desktop.store.book import Book\n"
        "from tests.desktop.shop import BEN; from tests.helpers.clock import ManualClock\n"
        "till = Till(Book.open(Path(sys.argv[1])), ManualClock())\n"
        "for _ in range(3): sign_in._count_attempt(till, BEN)\n"
        "print('counted', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(book_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "counted\n"
        os.kill(child.pid, signal.SIGKILL)
    again = Till(type(till.book).open(book_path), till.clock, SECRETS)
    try:
        assert isinstance(sign_in(again, BEN, PINS[BEN]), Locked)
        # The lock that could not be reported then is reported now, and only once.
        assert isinstance(sign_in(again, BEN, PINS[BEN]), Locked)
        assert [one.failures for one in _lockouts(again)] == [3]
    finally:
        again.book.close()


def test_who_cannot_sign_in(till: Till) -> None:
    assert sign_in(till, CLEO, "0000") == NoPin("Cleo")
    assert sign_in(till, StaffId(card_id(404)), "0000") == Refused(RefusalCode.STAFF_NOT_ALLOWED)
    elsewhere = staff_row(BEN, "Ben", Role.CASHIER, ver=2, store_ids=[PORT])
    pull(till, Changes.model_construct(**{**Changes().__dict__, "staff": [elsewhere]}), ver=2)
    assert sign_in(till, BEN, PINS[BEN]) == Refused(RefusalCode.STAFF_NOT_ALLOWED)
    assert [one.member.name for one in colleagues(till)] == ["Ana", "Cleo"]


def test_a_stolen_book_without_the_key_checks_no_pin(till: Till) -> None:
    till.secrets = TillSecrets("a token", bytes(32))
    assert sign_in(till, BEN, PINS[BEN]) == WrongPin(2)
    till.secrets = None
    with pytest.raises(SecretsUnreachable):
        sign_in(till, BEN, PINS[BEN])
    # An attempt that could not be checked is nobody's failure.
    assert _failures(till) == [(str(BEN), 1)]


def test_a_new_pin_key_locks_nobody_out(till: Till, clock: ManualClock) -> None:
    enrol_till(till.book, clock, epoch=2)
    with pytest.raises(NotSyncedYet):
        sign_in(till, BEN, PINS[BEN])
    assert _failures(till) == []


def test_the_slow_check_holds_neither_lock_nor_transaction(till: Till) -> None:
    """While a PIN is being checked, somebody else's act goes through."""
    seen: list[int] = []

    class Watched(TillSecrets):
        @property
        def pin_key(self) -> bytes:  # asked for in the middle of the check
            with till.book.write() as connection:
                seen.append(connection.execute("SELECT failures FROM pin_attempts").fetchone()[0])
            return SECRETS.pin_key

    till.secrets = Watched.__new__(Watched)
    assert isinstance(sign_in(till, BEN, PINS[BEN]), SignedIn)
    assert seen == [1]
