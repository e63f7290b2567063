"""The cards found by what was typed so far. The customer and the queue see the screen: contacts are masked."""

from dataclasses import dataclass
from typing import Final

from common.card_code import format_number
from desktop.cashier.engine import Till
from desktop.cashier.looking.find import find_cards
from desktop.present import words
from desktop.present.language import tr
from desktop.store.cards import CardView
from desktop.store.search import keys

_DOTS: Final = "•••"
_LAST: Final = 4


@dataclass(frozen=True, slots=True)
class FoundCard:
    """One line of the results. `contact` is masked; `note` says what is unusual about the card."""

    card_id: str
    name: str
    number: str
    contact: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SearchView:
    """What `text` found, the likeliest first."""

    text: str
    cards: tuple[FoundCard, ...] = ()


def read_search(till: Till, text: str) -> SearchView:
    """Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    return SearchView(text, tuple(_found(card) for card in find_cards(till, text)))


def masked_phone(phone: str) -> str:
    """`•••• 4711`: enough to ask "does it end with 4711?", too little to call."""
    digits = keys.digits(phone)
    return f"{_DOTS}• {digits[-_LAST:]}" if len(digits) > _LAST else f"{_DOTS}•"


def masked_email(email: str) -> str:
    """`a•••@example.com`."""
    local, at, domain = email.partition("@")
    return f"{local[:1]}{_DOTS}{at}{domain}" if at else f"{email[:1]}{_DOTS}"


def _found(card: CardView) -> FoundCard:
    known = card.known
    contact = (
        masked_phone(known.phone) if known.phone else "",
        masked_email(known.email) if known.email else "",
    )
    return FoundCard(
        card_id=str(card.card_id),
        name=known.name or tr(words.NO_NAME),
        number=format_number(card.number),
        contact="  ".join(part for part in contact if part),
        note=tr(words.CARD_BLOCKED) if card.inactive_since is not None else "",
    )
