"""What was rejected or parked, and nobody has acknowledged yet."""

from dataclasses import dataclass
from typing import Final

from common.card_code import format_number
from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.cashier.looking.activity import Activity
from desktop.present import words
from desktop.present.language import tr
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.operation_rows import attention_row
from desktop.present.sentences import Said, rejection
from desktop.present.views import OperationRow

_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """One operation that a person must look at.

    Attributes:
        row: what and when, as a line of the list.
        card: its number; says so where there is none.
        who: the cashier.
        why: in plain words.
        to_customer: what may be said to them; says so where it is nothing of theirs.
    """

    row: OperationRow
    card: str
    who: str
    why: str
    to_customer: str


def read_attention(till: Till) -> tuple[AttentionItem, ...]:
    """The oldest first. Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    here = read_here(till)
    return tuple(_item(one, here) for one in activity.needing_attention(till, _ROWS))


def _item(one: Activity, here: Here) -> AttentionItem:
    verdict = one.operation.verdict
    said = Said("") if verdict is None else rejection(verdict, here.place)
    return AttentionItem(
        row=attention_row(one, here),
        card=format_number(one.card_number) if one.card_number else tr(words.NO_CARD),
        who=one.staff_name or tr(words.UNNAMED),
        why=said.text,
        to_customer=said.to_customer or tr(words.NOTHING_TO_SAY),
    )
