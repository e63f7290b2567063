"""A case: everything one rule may look at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from common.rules.asks import Ask, Void
from common.rules.standing import CardStanding, OriginalStanding, Role, StaffStanding, Standing
from common.terms import PinPolicy, Terms

UNDO_WINDOW: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Case:
    """One ask at one moment under one version of the terms.

    `tolerance` is what the server takes off the cooldown, because event times of different contacts carry the jitter
    of the network; a till takes off nothing.
    """

    terms: Terms
    standing: Standing
    ask: Ask
    at: datetime
    tolerance: timedelta

    @property
    def card(self) -> CardStanding:
        """The card, for rules that stand behind `card_exists`."""
        card = self.standing.card
        if card is None:
            raise LookupError("a rule that needs the card was asked before card_exists")
        return card

    def original_of_card(self) -> OriginalStanding | None:
        """The operation that a void names, when it is one of this very card."""
        original, act = self.standing.original, self.ask.act
        if original is None or not isinstance(act, Void) or act.original != original.key:
            return None
        return original if original.card_id == self.card.id else None

    def is_undo(self) -> bool:
        """A void of one's own operation: same till, same person, within a minute. It needs nobody's leave."""
        original = self.original_of_card()
        return (
            original is not None
            and original.till_id == self.standing.till_id
            and original.staff_id == self.ask.staff_id
            and abs(self.at - original.at) <= UNDO_WINDOW
        )

    def has_manager(self) -> bool:
        """Whether a manager asks, or approved. Where nobody is asked for a PIN, nobody is asked for a manager."""
        if self.terms.pin_policy is PinPolicy.OFF:
            return True
        return self._is_manager(self.standing.staff) or self._is_manager(self.standing.approver)

    def _is_manager(self, staff: StaffStanding | None) -> bool:
        return staff is not None and staff.role is Role.MANAGER and staff.may_work(self.standing.store_id, self.at)
