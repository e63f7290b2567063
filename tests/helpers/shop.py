"""A shop on a server's database, and tills that speak the wire by hand, for tests of the server alone."""

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, text

from common.card_code import CardToken, make_number, make_token
from common.entropy import new_uuid, random_bytes
from common.ids import MerchantId, StoreId, TillId
from common.pin import PinCost
from common.rules.asks import Kind
from common.times import to_wire
from common.wire.problem import ProblemCode
from common.wire.pull import PullResponse
from common.wire.push import PushResponse, Verdict
from server.access.enrolment import enrol, make_code
from server.access.tokens import sha256
from server.merchant.apply import apply_shop_file
from server.merchant.shop_file import parse_shop_file
from server.store.engine import in_transaction
from server.sync.feed import Check, Page, next_page
from server.sync.intake import read_push
from server.sync.receive import receive
from tests.helpers.clock import ManualClock

CHEAP = PinCost(time_cost=1, memory_kib=8, parallelism=1)
"""The least that Argon2 takes: tests that are not about PINs need not wait for them."""

INCARNATION = "0192aaaa-0000-7000-8000-000000000001"

RECEIPT_KEY = b"k" * 32

TWO_STORES = """
[merchant]
slug = "{slug}"
name = "Roast & Co"
[program]
name = "Coffee card"
[terms]
timezone = "Europe/Luxembourg"
{terms}
[[stores]]
slug = "gare"
name = "Gare"
[[stores]]
slug = "kirchberg"
name = "Kirchberg"
[[staff]]
name = "Ana"
pin = "4821"
role = "manager"
[[staff]]
name = "Ben"
pin = "0042"
"""

Operation = dict[str, Any]

PAGES_MAX = 1_000
"""A feed that comes no further must fail a test, not hold it for ever."""


@dataclass
class Shop:
    """One merchant with two stores, a manager (Ana) and a cashier (Ben)."""

    engine: Engine
    clock: ManualClock
    merchant_id: MerchantId
    slug: str
    stores: dict[str, StoreId]
    staff: dict[str, uuid.UUID]

    @staticmethod
    def open(engine: Engine, clock: ManualClock, *, slug: str = "roast", terms: str = "") -> "Shop":
        """Apply a shop file; `terms` are further lines of its [terms]."""
        shop = parse_shop_file(TWO_STORES.format(slug=slug, terms=terms), name="shop.toml")
        applied = apply_shop_file(engine, shop, clock, file_name="shop.toml", pin_cost=CHEAP)
        with engine.connect() as connection:
            asked = {"merchant_id": applied.merchant_id}
            stores = connection.execute(
                text("SELECT slug, store_id FROM stores WHERE merchant_id = :merchant_id"), asked
            )
            staff = connection.execute(
                text("SELECT name, staff_id FROM staff WHERE merchant_id = :merchant_id AND inactive_since IS NULL"),
                asked,
            )
            return Shop(
                engine,
                clock,
                applied.merchant_id,
                slug,
                {row.slug: row.store_id for row in stores},
                {row.name: row.staff_id for row in staff},
            )

    def change_terms(self, terms: str) -> None:
        """The next version of the terms, or none when nothing changed."""
        Shop.open(self.engine, self.clock, slug=self.slug, terms=terms)

    def till(self, store: str = "gare", name: str = "front", clock: ManualClock | None = None) -> "WireTill":
        """Enrol a till, with a code as a merchant would make it. Its clock is the shop's, unless it has its own."""
        now = self.clock.now()
        code = in_transaction(
            self.engine,
            lambda connection: make_code(
                connection, merchant_id=self.merchant_id, store_id=self.stores[store], till_name=name, now=now
            ),
        )
        enrolled = in_transaction(
            self.engine,
            lambda connection: enrol(connection, code.code, app_version="0.1.0", now=now, incarnation=INCARNATION),
        )
        assert enrolled is not None, "a fresh enrolment code works"
        return WireTill(
            self, enrolled.till.id, enrolled.till.number, enrolled.token, enrolled.epoch, clock or self.clock
        )

    def rows(self, table: str) -> list[Any]:
        """The rows of one table of this merchant."""
        with self.engine.connect() as connection:
            asked = {"merchant_id": self.merchant_id}
            return list(connection.execute(text(f"SELECT * FROM {table} WHERE merchant_id = :merchant_id"), asked))

    def balance(self, card_id: uuid.UUID) -> int:
        return next(int(row.stamp_count) for row in self.rows("cards") if row.card_id == card_id)

    def attention(self) -> list[str]:
        return sorted(row.kind for row in self.rows("attention"))

    def ledger(self, card_id: uuid.UUID) -> list[Any]:
        """A card's transactions in the order of the ledger."""
        rows = [row for row in self.rows("transactions") if row.card_id == card_id]
        return sorted(rows, key=lambda row: (row.ver, row.line))


@dataclass
class WireTill:
    """A till without a book: it makes operations by hand, and sends them as they are."""

    shop: Shop
    till_id: TillId
    number: int
    token: str
    epoch: int
    clock: ManualClock
    seq: int = 0
    sent: list[Operation] = field(default_factory=list)

    def operation(self, kind: Kind | str, card_id: uuid.UUID | None = None, **said: Any) -> Operation:
        """The next operation in seq order, recorded now, by Ben unless told otherwise."""
        self.seq += 1
        now = self.clock.now()
        return {
            "key": str(new_uuid(now)),
            "seq": self.seq,
            "kind": str(kind),
            "card_id": None if card_id is None else str(card_id),
            "staff_id": str(self.shop.staff["Ben"]),
            "approved_by": None,
            "terms_version": 1,
            "occurred_at": to_wire(now),
            "boot_id": self.clock.boot_id(),
            "uptime_ms": self.clock.uptime_ms(),
            "notes": None,
        } | {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in said.items()}

    def stamp(self, card_id: uuid.UUID, **said: Any) -> Operation:
        return self.operation(Kind.STAMP, card_id, **{"count": 1} | said)

    def redeem(self, card_id: uuid.UUID, **said: Any) -> Operation:
        return self.operation(Kind.REDEEM, card_id, **said)

    def void(self, card_id: uuid.UUID, **said: Any) -> Operation:
        return self.operation(Kind.VOID, card_id, **said)

    def enrol_card(self, card_id: uuid.UUID | None = None, **said: Any) -> Operation:
        """An enrol with a fresh number and token, unless told otherwise."""
        number = make_number(self.number, int.from_bytes(random_bytes(3), "big") % 10_000_000)
        codes = {"number": number, "token": fresh_token()}
        return self.operation(Kind.ENROL, card_id or new_uuid(self.clock.now()), **codes | said)

    def request(self, operations: list[Operation], **said: Any) -> dict[str, Any]:
        clock = {
            "sent_at": to_wire(self.clock.now()),
            "boot_id": self.clock.boot_id(),
            "uptime_ms": self.clock.uptime_ms(),
        }
        return {
            "protocol": 1,
            "nonce": str(uuid.UUID(bytes=random_bytes(16))),
            "epoch": self.epoch,
            "clock": clock,
            "acked": None,
            "pending": len(operations),
            "oldest_pending_at": None,
            "app_version": "0.1.0",
            "operations": operations,
        } | said

    def exchange(self, operations: list[Operation], **said: Any) -> PushResponse | ProblemCode:
        """Push a batch through the real intake and reconcile."""
        return self.send(json.dumps(self.request(operations, **said)).encode())

    def send(self, body: bytes) -> PushResponse | ProblemCode:
        """Push a body as it is."""
        request = read_push(body)
        if isinstance(request, ProblemCode):
            return request
        received_at = self.shop.clock.now()
        return receive(
            self.shop.engine,
            sha256(self.token),
            request,
            received_at=received_at,
            incarnation=INCARNATION,
            receipt_key=RECEIPT_KEY,
            body=body,
        )

    def push(self, *operations: Operation, **said: Any) -> list[Verdict]:
        """The verdicts of a batch that is expected to be taken."""
        return self.answer(*operations, **said).verdicts

    def answer(self, *operations: Operation, **said: Any) -> PushResponse:
        """The answer to a batch that is expected to be taken."""
        answer = self.exchange(list(operations), **said)
        assert isinstance(answer, PushResponse), f"the push was answered with {answer}"
        return answer

    def pull(self, cursor: str | None = None, limit: int = 500, check: Check | None = None) -> PullResponse:
        """One page of the feed, as the wire carries it."""
        engine = self.shop.engine.execution_options(isolation_level="REPEATABLE READ")
        now = self.shop.clock.now()
        page = next_page(
            engine,
            sha256(self.token),
            cursor,
            limit,
            now=now,
            incarnation=INCARNATION,
            receipt_key=RECEIPT_KEY,
            check=check,
        )
        assert isinstance(page, Page), f"the pull was answered with {page}"
        return PullResponse.model_validate_json(page.to_json(server_time=now))

    def pull_all(self, cursor: str | None = None, limit: int = 500) -> list[PullResponse]:
        """Every page until there is no more."""
        pages: list[PullResponse] = []
        for _ in range(PAGES_MAX):
            pages.append(self.pull(pages[-1].cursor if pages else cursor, limit))
            if not pages[-1].more:
                return pages
        raise AssertionError(f"there is still more after {PAGES_MAX} pages")

    def card(self, stamps: int = 0, **said: Any) -> uuid.UUID:
        """A card enrolled by this till, with stamps given a cooldown and more apart, five a day."""
        enrol = self.enrol_card(**said)
        card_id = uuid.UUID(enrol["card_id"])
        self.push(enrol)
        for _ in range(stamps):
            self.push(self.stamp(card_id))
            self.clock.advance(timedelta(hours=5))
        return card_id


def said(verdicts: Iterable[Verdict]) -> list[str]:
    """Of each verdict its code, or that it was accepted: what most tests want to see."""
    return [verdict.code or verdict.outcome.value for verdict in verdicts]


def fresh_token() -> CardToken:
    return make_token(random_bytes(17))


OpenShop = Callable[..., Shop]
