"""A small honest ledger: every kind of operation, sent by two tills through the real push."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, text

from common.card_code import make_number, make_token
from common.ids import MerchantId, StaffId, uuid7
from common.pin import PinCost
from common.times import to_wire
from common.wire.push import PushRequest, PushResponse, Verdict
from server.access.enrolment import enrol, make_code
from server.access.tokens import sha256
from server.merchant.apply import apply_shop_file
from server.merchant.names import find_open_store
from server.merchant.shop_file import parse_shop_file
from server.store import migrate
from server.store.engine import make_engine
from server.sync.receive import receive
from tests.helpers.clock import ManualClock

SHOP = """
[merchant]
slug = "roast"
name = "Roast & Co"
[program]
name = "Coffee card"
[terms]
timezone = "Europe/Luxembourg"
daily_limit = 3
[[stores]]
slug = "gare"
name = "Gare"
[[staff]]
name = "Ana"
pin = "4821"
role = "manager"
"""


class HonestTill:
    """A till that sends what it is told, at once, under the shop's clock."""

    def __init__(self, shop: "HonestShop", name: str) -> None:
        self._shop = shop
        with shop.engine.begin() as connection:
            now = shop.clock.now()
            code = make_code(connection, merchant_id=shop.merchant_id, store_id=shop.gare, till_name=name, now=now)
            enrolled = enrol(connection, code.code, app_version="0.1.0", now=now, incarnation="honest")
        assert enrolled is not None
        self.number = enrolled.till.number
        self._token_sha256 = sha256(enrolled.token)
        self._epoch = enrolled.epoch
        self._seq = 0

    def push(self, *operations: dict[str, Any]) -> PushResponse:
        clock, shop = self._shop.clock, self._shop
        sent = []
        for operation in operations:
            self._seq += 1
            defaults = {
                "key": str(shop.new_id()),
                "seq": self._seq,
                "staff_id": str(shop.ana),
                "terms_version": 1,
                "occurred_at": to_wire(clock.now()),
                "boot_id": f"boot of {self.number}",
                "uptime_ms": clock.uptime_ms(),
            }
            sent.append(defaults | operation)
        request = PushRequest.model_validate(
            {
                "protocol": 1,
                "nonce": str(shop.new_id()),
                "epoch": self._epoch,
                "clock": {
                    "sent_at": to_wire(clock.now()),
                    "boot_id": f"boot of {self.number}",
                    "uptime_ms": clock.uptime_ms(),
                },
                "app_version": "0.1.0",
                "operations": sent,
            }
        )
        answer = receive(shop.engine, self._token_sha256, request, received_at=clock.now(), incarnation="honest")
        assert isinstance(answer, PushResponse)
        return answer

    def does(self, kind: str, card_id: uuid.UUID | None, **said: Any) -> Verdict:
        """Sends one operation and returns its verdict."""
        card = {} if card_id is None else {"card_id": str(card_id)}
        (verdict,) = self.push({"kind": kind} | card | said).verdicts
        return verdict

    def enrols(self, token: str | None = None) -> uuid.UUID:
        """Enrols a card, new or with the token of another; returns the card's id."""
        shop = self._shop
        shop.made += 1
        card_id = shop.new_id()
        said = {"number": make_number(self.number, shop.made), "token": token or shop.new_token()}
        assert self.does("enrol", card_id, **said).outcome == "accepted"
        return card_id


class HonestShop:
    """A merchant with one manager. Ids and card codes follow from a counter, so that a test can repeat itself."""

    def __init__(self, engine: Engine, clock: ManualClock) -> None:
        self.engine, self.clock, self.made = engine, clock, 0
        shop = parse_shop_file(SHOP, name="shop.toml")
        applied = apply_shop_file(engine, shop, clock, file_name="shop.toml", pin_cost=PinCost(1, 8, 1))
        self.merchant_id: MerchantId = applied.merchant_id
        with engine.connect() as connection:
            self.gare = find_open_store(connection, applied.merchant_id, "gare")
            self.ana = StaffId(connection.execute(text("SELECT staff_id FROM staff")).scalar_one())

    def new_id(self) -> uuid.UUID:
        self.made += 1
        return uuid7(self.clock.now(), self.made.to_bytes(10, "big"))

    def new_token(self) -> str:
        self.made += 1
        return make_token(self.made.to_bytes(17, "big"))


def sell(url: str) -> None:
    """Makes the honest ledger in an empty database."""
    migrate.upgrade(url)
    engine, clock = make_engine(url), ManualClock()
    try:
        shop = HonestShop(engine, clock)
        one, other = HonestTill(shop, "Counter"), HonestTill(shop, "Terrace")
        _usual_day(shop, one, other)
        _what_must_be_looked_at(shop, one)
        _several_at_once(shop, other)
    finally:
        engine.dispose()


def _usual_day(shop: HonestShop, one: HonestTill, other: HonestTill) -> None:
    card = one.enrols()
    for till in (one, other, one):
        assert till.does("stamp", card).outcome == "accepted"
        shop.clock.advance(timedelta(minutes=20))
    assert one.does("stamp", card).code == "daily_limit"
    # Taken back in full, it counts no more: another may be given at once.
    mistaken = other.enrols()
    stamped = other.does("stamp", mistaken)
    assert other.does("void", mistaken, original=str(stamped.key)).outcome == "accepted"
    assert other.does("stamp", mistaken).outcome == "accepted"
    # A full card is redeemed, and the redemption taken back.
    full = one.enrols()
    assert one.does("carry_over", full, count=10).outcome == "accepted"
    redeemed = other.does("redeem", full)
    assert redeemed.outcome == "accepted"
    shop.clock.advance(timedelta(minutes=5))
    assert one.does("void", full, original=str(redeemed.key)).outcome == "accepted"
    assert one.does("redeem", full).outcome == "accepted"


def _what_must_be_looked_at(shop: HonestShop, till: HonestTill) -> None:
    token = shop.new_token()
    card = till.enrols(token)
    merged = till.enrols(token)
    assert till.does("stamp", merged).card_id == card
    assert till.does("redeem", card).code == "insufficient_stamps"
    # The stamp was spent before it could be taken back.
    spent = till.enrols()
    till.does("carry_over", spent, count=9)
    stamped = till.does("stamp", spent)
    assert till.does("redeem", spent).outcome == "accepted"
    void = till.does("void", spent, original=str(stamped.key))
    assert (void.outcome, void.detail["shortfall"]) == ("accepted", 1)
    # Not wholly taken back, it still counts for the day.
    shop.clock.advance(timedelta(minutes=20))
    assert till.does("stamp", spent).detail["stamps_today"] == 2
    assert till.does("stamp", shop.new_id(), terms_version=7).outcome == "parked"
    till.push({"kind": "stamp", "key": "no key at all"})
    till.does("lockout", None, failures=5)


def _several_at_once(shop: HonestShop, till: HonestTill) -> None:
    card = till.enrols()
    shop.made += 1
    number = make_number(till.number, shop.made)
    said: list[dict[str, Any]] = [
        {"kind": "stamp", "card_id": str(card)},
        {"kind": "replace", "card_id": str(card), "number": number, "token": shop.new_token()},
        {"kind": "block", "card_id": str(card), "reason": "lost"},
        {"kind": "unblock", "card_id": str(card)},
        {"kind": "void", "card_id": str(card), "count": 1},
    ]
    assert {verdict.outcome for verdict in till.push(*said).verdicts} == {"accepted"}
    # Blocked, and blocked again for something that had happened before.
    blocked = till.enrols()
    earlier = shop.clock.uptime_ms()
    shop.clock.advance(timedelta(minutes=5))
    assert till.does("block", blocked, reason="found").outcome == "accepted"
    assert till.does("block", blocked, reason="lost", uptime_ms=earlier).outcome == "accepted"
