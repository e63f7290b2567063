"""Training: a till of its own in the data folder, with the shop's rules and people and a few invented cards.

The acts, the judge and the book are the real ones; the book is another. Nothing connects it to a server, it is made
anew each time and taken away at the end, and nothing says at the next start that there was any.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, NoReturn

from common.card_code import NUMBER_ENTROPY_MAX, TOKEN_ENTROPY_BYTES, make_number, make_token
from common.entropy import new_uuid, random_bytes
from common.ids import CardId, OperationKey
from common.ledger import TransactionKind
from common.terms import Terms, business_date
from common.wire.pull import CardRow, Changes, PullResponse, TransactionRow
from desktop.cashier.engine import Till
from desktop.store import identity, knowledge, synced
from desktop.store.book import Book
from desktop.store.file.shop_copy import copy_shop
from desktop.store.knowledge import Knowledge
from desktop.sync.runner import Runner
from desktop.sync.state import SyncState
from desktop.trouble import NotEnrolled

_INCARNATION: Final = "training"


class Sample(StrEnum):
    """What an invented card is there to show."""

    BEGUN = "begun"
    ALMOST = "almost"
    FULL = "full"
    TWICE = "twice"
    JUST_STAMPED = "just_stamped"
    BLOCKED = "blocked"


_NAMES: Final = {
    Sample.BEGUN: "Alex",
    Sample.ALMOST: "Bea",
    Sample.FULL: "Chris",
    Sample.TWICE: "Dana",
    Sample.JUST_STAMPED: "Eli",
    Sample.BLOCKED: "Fay",
}


@dataclass(frozen=True, slots=True)
class TrainingCard:
    """An invented card; `token` is what a scan of it would bring."""

    sample: Sample
    name: str
    number: str
    token: str


class Unconnected(Runner):
    """The runner of a till that has no server: never started, and always out of reach."""

    def __init__(self, till: Till) -> None:
        def nowhere() -> NoReturn:
            raise NotEnrolled

        super().__init__(till.book, nowhere, till.clock, lambda: 1.0)

    @property
    def state(self) -> SyncState:
        """Nobody answers."""
        return SyncState(online=False)

    def wait_until(self, done: Callable[[], bool], timeout_ms: int) -> bool:  # noqa: ARG002  (as in Runner)
        """There is nothing to wait for."""
        return done()


@dataclass(frozen=True, slots=True)
class Training:
    """A training that is going on."""

    till: Till
    runner: Runner
    cards: tuple[TrainingCard, ...]
    folder: Path

    def end(self) -> None:
        """Leave nothing of it. No act may be under way."""
        self.till.book.close()
        _remove(self.folder)


def begin_training(till: Till, data_dir: Path) -> Training:
    """Make the training's till from what `till` knows of its shop. Takes a second or two.

    Raises NotEnrolled, NotSyncedYet, and KnownTrouble of either book; the real one is only read.
    """
    folder = data_dir / "training"
    _remove(folder)
    with till.book.read() as connection:
        who = identity.load(connection)
        shop = knowledge.read(connection, who.pages_applied)
    book = Book.open(folder / "till.db")
    try:
        with till.book.read() as source, book.write() as target:
            copy_shop(source, target)
            target.execute("UPDATE book SET incarnation = ?", (_INCARNATION,))
            cards = _give_cards(target, shop, who.contact.event_time(till.clock))
        trained = Till(book, till.clock, till.secrets)
        return Training(trained, Unconnected(trained), cards, folder)
    except BaseException:
        book.close()
        raise


def _remove(folder: Path) -> None:
    # What cannot be removed now is removed before the next training.
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)


def _give_cards(connection: sqlite3.Connection, shop: Knowledge, now: datetime) -> tuple[TrainingCard, ...]:
    changes, cards = Changes(), []
    for sample in Sample:
        card = _card(sample, shop, now)
        changes.cards.append(card)
        changes.transactions.extend(_history(card, sample, shop, now))
        cards.append(TrainingCard(sample, _NAMES[sample], card.number, card.token))
    page = PullResponse(
        incarnation=_INCARNATION,
        server_time=now,
        ver=1,
        cursor=_INCARNATION,
        more=False,
        reset=False,
        changes=changes,
    )
    synced.apply_page(connection, page)
    return tuple(cards)


def _card(sample: Sample, shop: Knowledge, now: datetime) -> CardRow:
    balance = _balance(sample, shop.terms)
    return CardRow(
        id=CardId(new_uuid(now)),
        number=make_number(shop.till_number, int.from_bytes(random_bytes(8), "big") % NUMBER_ENTROPY_MAX),
        token=make_token(random_bytes(TOKEN_ENTROPY_BYTES)),
        store_id=shop.store_id,
        name=_NAMES[sample],
        stamp_count=balance,
        lifetime_stamps=balance,
        redemptions=0,
        last_stamp_at=_last_stamp_at(sample, now) if balance else None,
        inactive_since=now - timedelta(days=1) if sample is Sample.BLOCKED else None,
        ver=1,
    )


def _balance(sample: Sample, terms: Terms) -> int:
    target = terms.stamps_target
    return {
        Sample.BEGUN: min(3, target - 1),
        Sample.ALMOST: target - 1,
        Sample.FULL: target,
        Sample.TWICE: 2 * target + 1,
        Sample.JUST_STAMPED: min(2, target),
        Sample.BLOCKED: min(4, target - 1),
    }[sample]


def _last_stamp_at(sample: Sample, now: datetime) -> datetime:
    return now - (timedelta(minutes=1) if sample is Sample.JUST_STAMPED else timedelta(days=2))


def _history(card: CardRow, sample: Sample, shop: Knowledge, now: datetime) -> list[TransactionRow]:
    """The last few stamps of a card, a day apart."""
    last = _last_stamp_at(sample, now)
    rows = []
    for back in range(min(card.stamp_count, 3)):
        at = last - timedelta(days=back)
        rows.append(
            TransactionRow(
                key=OperationKey(new_uuid(at)),
                card_id=card.id,
                store_id=shop.store_id,
                till_id=shop.till_id,
                kind=TransactionKind.STAMP,
                delta=1,
                balance_after=card.stamp_count - back,
                event_time=at,
                business_date=business_date(shop.terms, at),
                ver=1,
            )
        )
    return rows
