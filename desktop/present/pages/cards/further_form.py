"""The form of a further act: what it asks before it is done."""

from dataclasses import dataclass
from typing import Final

from desktop.present import card_words as words
from desktop.present.language import tr
from desktop.present.pages.cards.further_view import FurtherAct, FurtherView


@dataclass(frozen=True, slots=True)
class FormView:
    """What is asked.

    Attributes:
        subject: the card in a line.
        count_max: stamps are counted, up to this many; 0 where nothing is counted.
        reasons: a few to choose from, the first being usual; empty where none is asked.
    """

    act: FurtherAct
    title: str
    subject: str
    hint: str
    button: str
    note: str = ""
    count_max: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """What the form says when its button is pressed."""

    act: FurtherAct
    count: int
    reason: str


_WORDS: Final = {
    FurtherAct.TAKE_STAMPS: (words.TAKE_STAMPS, words.TAKE_STAMPS_HINT, words.TAKE_STAMPS_DO, words.VOID_REASONS),
    FurtherAct.CARRY_OVER: (words.CARRY_OVER, words.CARRY_OVER_HINT, words.CARRY_OVER_DO, ()),
    FurtherAct.REPLACE: (words.REPLACE, words.REPLACE_HINT, words.REPLACE_DO, ()),
    FurtherAct.BLOCK: (words.BLOCK, words.BLOCK_HINT, words.BLOCK_DO, words.BLOCK_REASONS),
}


def form_view(view: FurtherView, act: FurtherAct) -> FormView | None:
    """The form of this act; None for one that needs no form, or that is not possible now."""
    action = view.action(act)
    if act not in _WORDS or action is None or not action.enabled:
        return None
    title, hint, button, reasons = _WORDS[act]
    return FormView(
        act=act,
        title=tr(title),
        subject=f"{view.title} · {view.figures}",
        hint=tr(hint),
        button=tr(button),
        note=action.note,
        count_max=action.count_max,
        reasons=tuple(tr(reason) for reason in reasons),
    )
