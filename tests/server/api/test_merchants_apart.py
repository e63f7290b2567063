"""A merchant's token never sees what is another's: to it, that is exactly as if it were not there.

Two copies of one database are asked the same, byte for byte, but for one thing: in the first a request names what is
another merchant's, in the second what nobody has. Once the names are exchanged, the answers are the same bytes.
"""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from common.card_code import make_number
from server.app import create_app
from server.settings import Settings
from server.store import migrate
from server.store.engine import make_engine
from tests.helpers.asgi import Answer, Client
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.helpers.shop import Operation, Shop, WireTill, fresh_token

NOBODYS_CARD = "0192ffff-0000-7000-8000-00000000000a"
NOBODYS_KEY = "0192ffff-0000-7000-8000-00000000000b"
NOBODYS_OTHER_KEY = "0192ffff-0000-7000-8000-00000000000d"
NOBODYS_STAFF = "0192ffff-0000-7000-8000-00000000000c"
NOBODYS_NUMBER = make_number(9_999, 9_999_999)
NOBODYS_TOKEN = fresh_token()


@dataclass
class World:
    """The roasters, whose till asks, and the bakers, whose things it names."""

    clock: ManualClock
    tills: list[WireTill] = field(default_factory=list)
    cursor: str = ""
    names: dict[str, str] = field(default_factory=dict)
    own_card: uuid.UUID = field(init=False)

    def build(self, url: str) -> None:
        migrate.upgrade(url)
        engine = make_engine(url)
        roast, bake = (Shop.open(engine, self.clock, slug=slug) for slug in ("roast", "bake"))
        asking, baking = roast.till(), bake.till()
        self.own_card = asking.card()
        card = baking.enrol_card(name="Zoe")
        stamp = baking.stamp(card["card_id"])
        baking.push(card, stamp, baking.stamp(card["card_id"], terms_version=9))
        self.clock.advance(timedelta(hours=1))
        later = baking.stamp(card["card_id"])
        baking.push(later)
        self.cursor = baking.pull_all()[-1].cursor
        self.tills = [asking]
        self.names = {
            card["card_id"]: NOBODYS_CARD,
            stamp["key"]: NOBODYS_KEY,
            later["key"]: NOBODYS_OTHER_KEY,
            str(bake.staff["Ana"]): NOBODYS_STAFF,
            card["number"]: NOBODYS_NUMBER,
            card["token"]: NOBODYS_TOKEN,
        }
        engine.dispose()

    def exchanged(self, text: bytes) -> bytes:
        """The same, as if it spoke of what nobody has."""
        for theirs, nobodys in self.names.items():
            text = text.replace(theirs.encode(), nobodys.encode())
        return text


@pytest.fixture
def world(databases: Databases, clock: ManualClock, tmp_path: Path) -> Iterator[tuple[World, Client, Client]]:
    """The world, and a client of each of two copies of its database."""
    world = World(clock)
    urls = [databases.make(world.build) for _ in range(2)]
    apps = [create_app(Settings(database_url=url, data_dir=tmp_path), clock) for url in urls]
    token = world.tills[0].token
    yield world, Client(apps[0], token), Client(apps[1], token)
    for app, url in zip(apps, urls, strict=True):
        app.state.hub.engine.dispose()
        databases.drop(url)


SEAL: Final = re.compile(rb'(?<="receipt":")[^"]+')


def naming(world: World) -> list[Operation]:
    """Operations of every kind, each with something that is the bakers'."""
    [till] = world.tills
    card, key, other_key, staff, number, token = world.names
    ana = till.shop.staff["Ana"]
    theirs, own = uuid.UUID(card), world.own_card
    return [
        till.stamp(theirs),
        till.redeem(theirs),
        till.void(theirs, original=key),
        till.void(own, original=key),
        till.void(theirs, count=1, approved_by=ana),
        till.operation("carry_over", theirs, count=3, approved_by=ana),
        till.operation("block", theirs, reason="Lost"),
        till.operation("unblock", theirs, approved_by=ana),
        till.operation("replace", theirs, number=number, token=token, approved_by=ana),
        till.operation("gift", theirs),
        till.stamp(theirs, count=0),
        till.stamp(own, staff_id=staff),
        till.void(own, count=1, approved_by=staff),
        till.operation("lockout", staff_id=staff, failures=5),
        till.stamp(own, key=key),
        till.enrol_card(number=number),
        till.operation("replace", own, number=make_number(1, 1), token=token, approved_by=ana),
        # From here on there is a card of that id on both sides, and still they have nothing to do with each other.
        till.enrol_card(theirs),
        till.stamp(theirs),
        till.void(theirs, original=other_key),
    ]


def same(first: Answer, second: Answer, world: World) -> bool:
    """Whether two answers are the same bytes, status and headers once the names are exchanged.

    But the seals of receipts: they are made of the names themselves, and as long whatever those are.
    """
    one, other = SEAL.sub(b"", world.exchanged(first.body)), SEAL.sub(b"", second.body)
    return (first.status, first.headers, one) == (second.status, second.headers, other)


def push(client: Client, body: bytes) -> Answer:
    return client.post("/v1/sync/push", body)


def test_what_is_another_merchants_is_as_if_it_were_not_there(world: tuple[World, Client, Client]) -> None:
    there, with_it, without_it = world
    [till] = there.tills
    seen: set[Any] = set()
    for operation in naming(there):
        body = json.dumps(till.request([operation])).encode()
        assert there.exchanged(body) != body, "it names something of theirs"
        first, second = push(with_it, body), push(without_it, there.exchanged(body))
        assert same(first, second, there), f"{first.body!r} is not {second.body!r}"
        [verdict] = first.json()["verdicts"]
        seen.add(verdict["code"] or verdict["outcome"])
    assert seen >= {"card_not_found", "original_not_found", "staff_not_allowed", "accepted", "unknown_kind"}


def test_all_of_it_in_one_batch(world: tuple[World, Client, Client]) -> None:
    there, with_it, without_it = world
    [till] = there.tills
    body = json.dumps(till.request(naming(there))).encode()
    first, second = push(with_it, body), push(without_it, there.exchanged(body))
    assert len(first.json()["verdicts"]) == till.seq - 1
    assert same(first, second, there)


def test_a_cursor_of_another_merchants_till_is_as_good_as_none(world: tuple[World, Client, Client]) -> None:
    there, with_it, without_it = world
    first = with_it.get(f"/v1/sync/pull?cursor={there.cursor}")
    second = without_it.get("/v1/sync/pull?cursor=rubbish")
    assert same(first, second, there)
    assert b"Zoe" not in first.body


def test_the_guard_sees_a_difference(world: tuple[World, Client, Client]) -> None:
    """A card of one's own is answered otherwise than one of nobody."""
    there, with_it, without_it = world
    [till] = there.tills
    body = json.dumps(till.request([till.stamp(there.own_card)])).encode()
    nobodys = body.replace(str(there.own_card).encode(), NOBODYS_CARD.encode())
    assert not same(push(with_it, body), push(without_it, nobodys), there)
