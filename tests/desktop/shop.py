"""A small shop for the till's tests: what a server would have told this till, as the wire's own models."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from common import pin as pins
from common.card_code import make_number, make_token
from common.ids import CardId, MerchantId, OperationKey, StaffId, StoreId, TillId
from common.ledger import TransactionKind
from common.rules.standing import Role
from common.terms import Terms, business_date
from common.wire.enrol import EnrolledMerchant, EnrolledStore, EnrolledTill, EnrolResponse
from common.wire.pull import (
    CardRow,
    Changes,
    MerchantRow,
    PinCostRow,
    ProgramRow,
    PullResponse,
    StaffRow,
    StoreRow,
    TermsRow,
    TransactionRow,
)
from common.wire.push import Outcome, Verdict
from desktop.cashier.engine import Till
from desktop.secrets import TillSecrets
from desktop.store import identity, operations, synced
from desktop.store.book import Book
from desktop.store.contact import Contact
from desktop.store.identity import SecretsPlace
from desktop.store.recovery import numbering
from tests.helpers.clock import ManualClock

MERCHANT: Final = MerchantId(uuid.UUID(int=1))
TILL: Final = TillId(uuid.UUID(int=2))
OTHER_TILL: Final = TillId(uuid.UUID(int=3))
GARE: Final = StoreId(uuid.UUID(int=10))
PORT: Final = StoreId(uuid.UUID(int=11))
ANA: Final = StaffId(uuid.UUID(int=20))
BEN: Final = StaffId(uuid.UUID(int=21))
CLEO: Final = StaffId(uuid.UUID(int=22))
PROGRAM: Final = uuid.UUID(int=30)
INCARNATION: Final = "first"

PIN_KEY: Final = bytes(range(32))
SECRETS: Final = TillSecrets("a token", PIN_KEY)
PINS: Final = {ANA: "4821", BEN: "1357"}
CHEAP: Final = pins.PinCost(time_cost=1, memory_kib=8, parallelism=1)
"""Argon2's least: what is tested is who gets in, not how slowly."""


def card_id(place: int) -> CardId:
    return CardId(uuid.UUID(int=1_000 + place))


def number(place: int) -> str:
    return make_number(7, place)


def token(place: int) -> str:
    return make_token(place.to_bytes(17, "big"))


def key(place: int) -> OperationKey:
    return OperationKey(uuid.UUID(int=10**9 + place))


def card_row(place: int, balance: int = 0, *, ver: int = 1, **fields: Any) -> CardRow:
    values: dict[str, Any] = {
        "id": card_id(place),
        "number": number(place),
        "token": token(place),
        "store_id": GARE,
        "stamp_count": balance,
        "lifetime_stamps": balance,
        "redemptions": 0,
        "ver": ver,
    }
    return CardRow(**(values | fields))


def terms_row(terms: Terms, ver: int = 1) -> TermsRow:
    values = {name: getattr(terms, name) for name in TermsRow.model_fields if name != "ver"}
    return TermsRow(**values, ver=ver)


def transaction_row(
    place: int, of_key: OperationKey, at: datetime, *, delta: int = 1, ver: int = 1, **fields: Any
) -> TransactionRow:
    values: dict[str, Any] = {
        "key": of_key,
        "card_id": card_id(place),
        "store_id": GARE,
        "till_id": TILL,
        "staff_id": BEN,
        "kind": TransactionKind.STAMP,
        "delta": delta,
        "balance_after": delta,
        "event_time": at,
        "business_date": business_date(Terms(), at),
        "ver": ver,
    }
    return TransactionRow(**(values | fields))


def staff_row(staff_id: StaffId, name: str, role: Role, *, ver: int = 1, **fields: Any) -> StaffRow:
    pin = PINS.get(staff_id)
    values: dict[str, Any] = {"id": staff_id, "name": name, "role": role, "ver": ver}
    if pin is not None:
        salt = staff_id.bytes
        # Base64Bytes reads what the wire carries; model_construct takes the bytes as they are.
        values |= {
            "salt": salt,
            "cost": PinCostRow(time_cost=1, memory_kib=8, parallelism=1),
            "verifier": pins.verifier(PIN_KEY, pins.hash_pin(pin, salt, CHEAP)),
        }
    defaults: dict[str, Any] = {"store_ids": None, "salt": None, "cost": None, "verifier": None, "inactive_since": None}
    return StaffRow.model_construct(**(defaults | values | fields))


def merchant_row(ver: int = 1, **fields: Any) -> MerchantRow:
    values: dict[str, Any] = {
        "id": MERCHANT,
        "name": "Roast & Co",
        "offline_days_max": 14,
        "pin_attempts_max": 3,
        "pin_lock_minutes": 30,
        "ver": ver,
    }
    return MerchantRow(**(values | fields))


def shop_changes(terms: Terms, cards: Iterable[CardRow], transactions: Iterable[TransactionRow] = ()) -> Changes:
    """Everything of a small shop: Ana manages, Ben stamps, Cleo has no PIN."""
    return Changes.model_construct(
        merchant=[merchant_row()],
        program=[ProgramRow(id=PROGRAM, name="Coffee card", ver=1)],
        stores=[StoreRow(id=GARE, name="Gare", ver=1), StoreRow(id=PORT, name="Port", ver=1)],
        terms=[terms_row(terms)],
        staff=[
            staff_row(ANA, "Ana", Role.MANAGER),
            staff_row(BEN, "Ben", Role.CASHIER),
            staff_row(CLEO, "Cleo", Role.CASHIER),
        ],
        cards=list(cards),
        aliases=[],
        transactions=list(transactions),
        verdicts=[],
        removed=[],
    )


def page(changes: Changes, clock: ManualClock, *, ver: int, reset: bool = False, more: bool = False) -> PullResponse:
    return PullResponse.model_construct(
        incarnation=INCARNATION,
        server_time=clock.now(),
        ver=ver,
        cursor=f"at {ver}",
        more=more,
        reset=reset,
        changes=changes,
    )


def enrol_till(book: Book, clock: ManualClock, *, epoch: int = 1) -> None:
    answer = EnrolResponse.model_construct(
        till=EnrolledTill(id=TILL, name="Counter", number=17),
        store=EnrolledStore(id=GARE, name="Gare"),
        merchant=EnrolledMerchant(id=MERCHANT, name="Roast & Co"),
        token=SECRETS.token,
        pin_key=SECRETS.pin_key,
        epoch=epoch,
        incarnation=INCARNATION,
        server_time=clock.now(),
    )
    contact = Contact.made(clock.now(), clock)
    with book.write() as connection:
        identity.save_enrolment(
            connection, answer, server_url="http://127.0.0.1:1", secrets_place=SecretsPlace.FILE, contact=contact
        )
        numbering.renumber(connection, epoch)


def pull(till: Till, changes: Changes, ver: int) -> None:
    """One page of changes arrives."""
    assert isinstance(till.clock, ManualClock)
    with till.book.write() as connection:
        synced.apply_page(connection, page(changes, till.clock, ver=ver))


def open_shop(
    path: Path,
    clock: ManualClock,
    *,
    terms: Terms | None = None,
    cards: Iterable[CardRow] = (),
    transactions: Iterable[TransactionRow] = (),
) -> Till:
    """A till of the Gare store, enrolled, with a snapshot of the shop at version 1."""
    book = Book.open(path)
    enrol_till(book, clock)
    changes = shop_changes(terms or Terms(), cards, transactions)
    with book.write() as connection:
        synced.finish_snapshot(connection, page(changes, clock, ver=1, reset=True))
    return Till(book, clock, secrets=SECRETS)


def verdict(of_key: OperationKey, outcome: Outcome, *, seq: int = 1, ver: int, **fields: Any) -> Verdict:
    return Verdict(key=of_key, seq=seq, outcome=outcome, ver=ver, **fields)


def judged(till: Till, *verdicts: Verdict) -> None:
    """The server's answer to a push arrives."""
    with till.book.write() as connection:
        operations.apply_verdicts(connection, verdicts)


MINUTE: Final = timedelta(minutes=1)
