"""Who may be asked for a PIN, and what came of the one that was entered."""

from datetime import datetime
from enum import Enum, auto

from common.rules.refusals import Refused
from common.rules.standing import Role
from desktop.cashier.engine import Till
from desktop.cashier.outcome import Locked, NoPin, WrongPin
from desktop.cashier.sign_in import Colleague, colleagues
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
_LOCKED = N_("Locked until {moment}")


def read_staff(till: Till, wanted: Wanted) -> StaffView:
    """Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    here = read_here(till)
    asked = [one for one in colleagues(till) if wanted is Wanted.ANYBODY or one.member.standing.role is Role.MANAGER]
    return StaffView(tr(_TITLES[wanted]), tuple(_tile(one, here) for one in asked))


def pin_view(name: str, locked_text: str = "") -> PinView:
    """The pad before a PIN was entered; `locked_text` says until when that person may not."""
    return PinView(name, locked_text, wrong=False, accepts=not locked_text)


def pin_answer(name: str, answer: WrongPin | Locked | NoPin | Refused, here: Here) -> PinView:
    """The pad after a PIN that did not let anybody in."""
    match answer:
        case WrongPin(attempts_left=left):
            return PinView(name, ntr(*_WRONG_PIN, left), wrong=True)
        case Locked(until=until):
            return PinView(name, _locked(until, here), wrong=True, accepts=False)
        case NoPin():
            return PinView(name, tr(_NO_PIN), accepts=False)
        case Refused():
            return PinView(name, refusal(answer, here.place).text, wrong=True, accepts=False)


def _tile(one: Colleague, here: Here) -> StaffTile:
    member = one.member
    if one.locked_until is not None:
        return StaffTile(str(member.id), member.name, _locked(one.locked_until, here), locked=True)
    return StaffTile(str(member.id), member.name, tr(_ROLES[member.standing.role]))


def _locked(until: datetime, here: Here) -> str:
    return tr(_LOCKED).format(moment=here.moment(until))
