"""What two books of account must agree on: a till's book, read as the till shows it, and the server's tables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from common.ids import CardId
from common.ledger import Totals
from desktop.store import cards, identity
from desktop.store.book import Book
from tests.helpers.postgres import ask

_CARDS: Final = """
    SELECT number, token, stamp_count, lifetime_stamps, redemptions, last_stamp_at, last_redemption_at FROM cards
"""


@dataclass(frozen=True, slots=True)
class CardAccount:
    """A card's figures, and the codes that find it."""

    number: str
    token: str
    totals: Totals


def accounts_of_book(path: Path) -> dict[str, CardAccount]:
    """As `accounts_of_till`, of a book that nobody holds."""
    with Book.open(path) as book:
        return accounts_of_till(book)


def accounts_of_till(book: Book) -> dict[str, CardAccount]:
    """Every card that the till knows, as its window would show it: synced rows and open operations. By number."""
    with book.read() as connection:
        store_id = identity.load(connection).store_id
        known = connection.execute("SELECT card_id FROM synced_cards").fetchall()
        views = [cards.read(connection, CardId(UUID(card_id)), store_id) for (card_id,) in known]
    shown = [CardAccount(card.number, card.token, card.totals) for card in views if card is not None]
    assert len(shown) == len(known)
    return {card.number: card for card in shown}


def accounts_of_server(database_url: str) -> dict[str, CardAccount]:
    """Every card of the server's, which has one merchant. By number."""
    rows = ask(database_url, _CARDS)
    return {number: CardAccount(number, token, Totals(*figures)) for number, token, *figures in rows}


def agree(book: Path, database_url: str) -> None:
    """Fails unless a till with nothing open shows what the server has: every card and every line of the ledger.

    Of the older lines, which a book lets go after 35 days, it may lack any.
    """
    assert accounts_of_book(book) == accounts_of_server(database_url)
    mine, theirs = ledger_of_book(book), ledger_of_server(database_url)
    assert mine.items() <= theirs.items()
    assert theirs.keys() - mine.keys() <= old_lines_of_server(database_url)


def ledger_of_book(path: Path) -> dict[str, tuple[Any, ...]]:
    """The synced ledger by key: which card, how much, what was left. It reaches back 35 days."""
    with Book.open(path) as book, book.read() as connection:
        rows = connection.execute("SELECT key, card_id, kind, delta, balance_after FROM synced_transactions")
        return {key: tuple(rest) for key, *rest in rows}


def ledger_of_server(database_url: str) -> dict[str, tuple[Any, ...]]:
    rows = ask(database_url, "SELECT key, card_id, kind, delta, balance_after FROM transactions")
    return {str(key): (str(card_id), *rest) for key, card_id, *rest in rows}


def old_lines_of_server(database_url: str) -> set[str]:
    """Those of more than a month before anybody's last contact."""
    old = (
        "SELECT key FROM transactions WHERE event_time < (SELECT max(last_contact_at) FROM tills) - interval '34 days'"
    )
    return {str(key) for (key,) in ask(database_url, old)}


def keys_of_book(path: Path) -> list[str]:
    """Every operation in a till's book, in the order it was recorded; the book is found whole."""
    with Book.open(path) as book, book.read() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [key for (key,) in connection.execute("SELECT key FROM operations ORDER BY position")]


def outcomes_of_server(database_url: str) -> dict[str, list[str]]:
    """What became of each operation that arrived: one outcome for each time that it took effect."""
    outcomes: dict[str, list[str]] = {}
    both = "SELECT key, outcome FROM verdicts UNION ALL SELECT key, outcome FROM unkeyed_operations"
    for key, outcome in ask(database_url, both):
        outcomes.setdefault(str(key), []).append(outcome)
    return outcomes
