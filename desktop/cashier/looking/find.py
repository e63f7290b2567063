"""Find a card without its code at hand: by a part of its number, a name, a phone number or an e-mail address."""

from collections.abc import Iterable
from typing import Final

from common.card_code import ScannedNumber, ScannedToken, read_scan
from common.ids import CardId
from desktop.cashier.counter.desk import Desk, reading
from desktop.cashier.engine import Till
from desktop.store.cards import CardView
from desktop.store.search import candidates, keys
from desktop.store.search.candidates import Wanted

FOUND_MAX: Final = 20
_LOOK_MAX: Final = 3 * FOUND_MAX
"""How many one look may bring: some are dropped, because what they were found by is no longer theirs."""


def find_cards(till: Till, text: str, limit: int = FOUND_MAX) -> tuple[CardView, ...]:
    """The cards that this till knows and that `text` may mean so far, the likeliest first. Records nothing.

    Cards begun here are found too before the server knows them; one that was merged into another leads there; the
    number that a card had before it was replaced finds nothing.

    Raises NotEnrolled, NotSyncedYet, BookDamaged.
    """
    found: dict[CardId, CardView] = {}
    with reading(till) as desk:
        exact = _exact(desk, text)
        if exact is not None:
            return (exact,)
        asked = candidates.wanted(text)
        if not asked.says_something:
            return ()
        _gather(found, desk, asked, candidates.likeliest(desk.connection, asked, _LOOK_MAX), limit)
        if not found:
            _gather(found, desk, asked, candidates.in_the_middle(desk.connection, asked, _LOOK_MAX), limit)
    return tuple(found.values())


def _gather(found: dict[CardId, CardView], desk: Desk, asked: Wanted, looked_up: Iterable[CardId], limit: int) -> None:
    for candidate in looked_up:
        card = desk.card(candidate)
        if card is not None and card.card_id not in found and _meant(asked, candidate, card):
            found[card.card_id] = card
            if len(found) >= limit:
                return


def _exact(desk: Desk, text: str) -> CardView | None:
    """The card whose whole code was typed or scanned."""
    match read_scan(text):
        case ScannedToken(code) | ScannedNumber(code):
            return desk.card_by_code(code)
        case _:
            return None


def _meant(asked: Wanted, candidate: CardId, card: CardView) -> bool:
    """Whether the card as it is now is still one of those asked for."""
    if candidate != card.card_id:
        # It was merged: what it was found by is its own, and may be none of the card that stays.
        return True
    return fits(asked, card)


def fits(asked: Wanted, card: CardView) -> bool:
    """Whether what was typed fits this card."""
    known = card.known
    if asked.digits and asked.digits in card.number:
        return True
    phone, email = keys.phone_key(known.phone), keys.email_key(known.email)
    if phone and any(phone.startswith(beginning) for beginning in asked.phones):
        return True
    if asked.email and email and email.startswith(asked.email):
        return True
    words = keys.fold(known.name or "").split()
    return bool(asked.words) and all(any(word.startswith(one) for word in words) for one in asked.words)
