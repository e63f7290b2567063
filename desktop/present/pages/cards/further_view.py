"""What a card sees once in its life: stamps taken back by count, a paper card, a lost card, a block."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from common.card_code import format_number
from common.ids import CardId
from common.rules.asks import Kind
from common.rules.judge import Approved
from common.rules.refusals import RefusalCode, Refused
from desktop.cashier.engine import By, Till
from desktop.cashier.looking.look_up import card_again, further_prospects
from desktop.present import card_words as words
from desktop.present.language import number_text, tr
from desktop.present.pages.cards.card_view import OF_TARGET, asker, blocked_text, first_name, possible
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.short_reasons import short_reason
from desktop.store.cards import CardView


class FurtherAct(StrEnum):
    """What else can be done with a card."""

    TAKE_STAMPS = "take_stamps"
    CARRY_OVER = "carry_over"
    REPLACE = "replace"
    BLOCK = "block"
    UNBLOCK = "unblock"


@dataclass(frozen=True, slots=True)
class FurtherAction:
    """A button. `note` says why it is off, or whose PIN it asks for; `count_max` is of those that count."""

    act: FurtherAct
    enabled: bool
    note: str
    count_max: int = 0


@dataclass(frozen=True, slots=True)
class FurtherView:
    """The card in a line, and what else can be done with it. A card is blocked or unblocked, never offered both."""

    card_id: str
    title: str
    figures: str
    actions: tuple[FurtherAction, ...]

    def action(self, act: FurtherAct) -> FurtherAction | None:
        """The button of this act, if it is offered."""
        return next((one for one in self.actions if one.act is act), None)


KINDS: Final = {
    FurtherAct.TAKE_STAMPS: Kind.VOID,
    FurtherAct.CARRY_OVER: Kind.CARRY_OVER,
    FurtherAct.REPLACE: Kind.REPLACE,
    FurtherAct.BLOCK: Kind.BLOCK,
    FurtherAct.UNBLOCK: Kind.UNBLOCK,
}


def read_further(till: Till, by: By, card_id: CardId) -> FurtherView | None:
    """None when this till no longer knows the card. Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    here = read_here(till)
    card = card_again(till, card_id)
    if card is None:
        return None
    return further_view(card, further_prospects(till, asker(by, here), card.card_id), here)


def further_view(card: CardView, chances: dict[Kind, Approved | Refused], here: Here) -> FurtherView:
    """The page of one card."""
    target = here.shop.terms.stamps_target
    left_out = FurtherAct.UNBLOCK if card.inactive_since is None else FurtherAct.BLOCK
    counts = {FurtherAct.TAKE_STAMPS: card.balance, FurtherAct.CARRY_OVER: target}
    figures = (
        format_number(card.number),
        tr(OF_TARGET).format(balance=number_text(card.balance), target=number_text(target)),
        blocked_text(card, here),
    )
    return FurtherView(
        card_id=str(card.card_id),
        title=first_name(card.known.name) or format_number(card.number),
        figures=" · ".join(figure for figure in figures[0 if card.known.name else 1 :] if figure),
        actions=tuple(
            _action(act, chances[kind], here, counts.get(act, 0)) for act, kind in KINDS.items() if act is not left_out
        ),
    )


def _action(act: FurtherAct, chance: Approved | Refused, here: Here, count_max: int) -> FurtherAction:
    if not isinstance(chance, Refused):
        return FurtherAction(act, enabled=True, note="", count_max=count_max)
    if possible(chance):
        note = tr(words.MANAGER_NEEDED) if chance.code is RefusalCode.MANAGER_REQUIRED else ""
        return FurtherAction(act, enabled=True, note=note, count_max=count_max)
    return FurtherAction(act, enabled=False, note=short_reason(chance, here))
