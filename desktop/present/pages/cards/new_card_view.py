"""A card that was just begun, or got new codes, with the code that its customer carries."""

import importlib
from typing import Any

from common.card_code import format_number
from common.rules.asks import Kind
from desktop.cashier.outcome import Recorded
from desktop.present.pages.cards.card_view import first_name
from desktop.present.views import NewCardView


def new_card_view(recorded: Recorded) -> NewCardView:
    """Number, first name and QR code of the card."""
    card = recorded.card
    return NewCardView(
        card_id=str(card.card_id),
        number=format_number(card.number),
        first_name=first_name(card.known.name) or "",
        qr=qr_modules(card.token),
        replaced=recorded.kind is Kind.REPLACE,
    )


def qr_modules(token: str) -> tuple[tuple[bool, ...], ...]:
    """The dark and light modules of a token's QR code, without the quiet zone around it."""
    # Loaded with the first new card: a tenth of a second that no window that only stamps should wait for.
    segno: Any = importlib.import_module("segno")
    code = segno.make_qr(token, error="m")
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)
