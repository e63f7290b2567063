"""Who works at this till and which card is in hand: what one cashier's doing hangs together by."""

from dataclasses import dataclass

from common.ids import CardId, OperationKey, StaffId
from common.rules.refusals import RefusalCode, Refused
from desktop.cashier.engine import By
from desktop.cashier.outcome import SignedIn
from desktop.present.pages.people.staff_view import Wanted

_ASKS: dict[RefusalCode, Wanted] = {
    RefusalCode.STAFF_REQUIRED: Wanted.ANYBODY,
    RefusalCode.MANAGER_REQUIRED: Wanted.MANAGER,
}


@dataclass(slots=True)
class Session:
    """One till's work, from scan to scan. It ends nothing that was recorded: signing out leaves the queue alone.

    Attributes:
        worker: who is signed in.
        card_id: the card in hand.
        undoable: the last act, as long as the window offers to undo it.
    """

    worker: SignedIn | None = None
    card_id: CardId | None = None
    undoable: OperationKey | None = None

    def by(self, approved_by: StaffId | None = None) -> By:
        """Who asks for an act now."""
        return By(None if self.worker is None else self.worker.staff_id, approved_by)

    def sign_out(self) -> None:
        """The next act asks who is working; nobody undoes a colleague's."""
        self.worker = None
        self.undoable = None


def pin_wanted(outcome: object) -> Wanted | None:
    """Whose PIN would let an act go on that was just refused; None where no PIN would help."""
    return _ASKS.get(outcome.code) if isinstance(outcome, Refused) else None
