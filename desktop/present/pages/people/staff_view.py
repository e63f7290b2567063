"""Who may be asked for a PIN, and what came of the one that was entered."""

from datetime import datetime, timedelta
from enum import Enum, auto

from common.ids import StaffId
from common.rules.refusals import Refused
from common.rules.standing import Role
from desktop.cashier.engine import Till
from desktop.cashier.outcome import Locked, NoPin, WrongPin
from desktop.cashier.people.sign_in import Colleague, colleague, colleagues
from desktop.present import words
from desktop.present.language import N_, NN_, ntr, tr
from desktop.present.pages.here import Here, read_here
from desktop.present.sentences import refusal
from desktop.present.views import PinView, StaffTile, StaffView


class Wanted(Enum):
    """Whose PIN is wanted."""

    ANYBODY = auto()
    MANAGER = auto()


_TITLES = {Wanted.ANYBODY: words.STAFF, Wanted.MANAGER: N_("A manager must approve this")}
_ROLES = {Role.MANAGER: N_("Manager"), Role.CASHIER: N_("Cashier")}

_WRONG_PIN = NN_("Wrong PIN, {count} attempt left", "Wrong PIN, {count} attempts left")
_NO_PIN = N_("No PIN yet: the manager gives one")
_ATTEMPTS_LEFT = NN_("{count} attempt left", "{count} attempts left")
_LOCKED = N_("Locked until {moment}")
_LOCKED_FOR = N_("Locked for {time}")


def read_staff(till: Till, wanted: Wanted) -> StaffView:
    """Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    here = read_here(till)
    asked = [one for one in colleagues(till) if wanted is Wanted.ANYBODY or one.member.standing.role is Role.MANAGER]
    return StaffView(tr(_TITLES[wanted]), tuple(_tile(one, here) for one in asked))


def read_person(till: Till, staff_id: StaffId) -> StaffTile | None:
    """One person as they are now; None for somebody who may not work here. Raises what `read_staff` does."""
    one = colleague(till, staff_id)
    return None if one is None else _tile(one, read_here(till))


def pin_view(person: StaffTile) -> PinView:
    """The pad before a PIN was entered."""
    if person.locked:
        return PinView(person.name, person.note, accepts=False, locked_for_s=person.locked_for_s)
    left = person.attempts_left
    return PinView(person.name, "" if left is None else ntr(*_ATTEMPTS_LEFT, left))


def locked_for_text(seconds: int) -> str:
    """How long a lock still holds: `Locked for 12:34`, or with hours in front."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    clock = f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
    return tr(_LOCKED_FOR).format(time=clock)


def pin_answer(name: str, answer: WrongPin | Locked | NoPin | Refused, here: Here) -> PinView:
    """The pad after a PIN that did not let anybody in."""
    match answer:
        case WrongPin(attempts_left=left):
            return PinView(name, ntr(*_WRONG_PIN, left), wrong=True)
        case Locked(until=until):
            return PinView(name, _locked(until, here), wrong=True, accepts=False, locked_for_s=_seconds(until, here))
        case NoPin():
            return PinView(name, tr(_NO_PIN), accepts=False)
        case Refused():
            return PinView(name, refusal(answer, here.place).text, wrong=True, accepts=False)


def _tile(one: Colleague, here: Here) -> StaffTile:
    member = one.member
    if one.locked_until is not None:
        note, left_s = _locked(one.locked_until, here), _seconds(one.locked_until, here)
        return StaffTile(str(member.id), member.name, note, locked=True, locked_for_s=left_s)
    note = tr(_ROLES[member.standing.role])
    return StaffTile(str(member.id), member.name, note, attempts_left=one.attempts_left)


def _locked(until: datetime, here: Here) -> str:
    return tr(_LOCKED).format(moment=here.moment(until))


def _seconds(until: datetime, here: Here) -> int:
    """Whole ones, the last begun one too, so that a lock is never said to be over while it holds."""
    return max(-((here.at - until) // timedelta(seconds=1)), 1)
