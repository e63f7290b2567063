"""Serving on Citus: the fence as it is there, and every statement that serving executes, held to what Citus can route.

PostgreSQL takes the same settings and shards nothing: what a real Citus makes of it, this does not see.
"""

import importlib
import pkgutil
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, TextClause, event, text

import server.access
import server.store
import server.sync
from server.access.enrolment import make_code
from server.app import create_app
from server.operate.distribute import tables_by_merchant
from server.settings import Settings
from server.store.engine import in_transaction
from server.store.fence import sharded
from server.store.fence.entrance import enter
from tests.helpers.asgi import Client
from tests.helpers.clock import ManualClock
from tests.helpers.sharding import faults
from tests.helpers.shop import Shop

DISTRIBUTED: Final = frozenset(tables_by_merchant())

PARAMETER: Final = re.compile(r"(?<!:):([a-z_0-9]+)")


@pytest.fixture(params=[False, True], ids=["plain", "sharded"])
def served(
    request: pytest.FixtureRequest, engine: Engine, clock: ManualClock, tmp_path: Path
) -> Iterator[tuple[FastAPI, list[str]]]:
    """The app, on a database that says or does not say that it is a coordinator; and what it executes."""
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, data_dir=tmp_path), clock)
    hub_engine = app.state.hub.engine
    if request.param:
        event.listen(hub_engine, "connect", lambda _driver, record: record.info.update({sharded._KEPT: True}))
    sent: list[str] = []
    event.listen(hub_engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: sent.append(statement))
    yield app, sent
    hub_engine.dispose()


def live(app: FastAPI, shop: Shop) -> None:
    """Everything that a till asks for."""
    till = shop.till(name="front")
    client = Client(app, till.token)
    card = till.enrol_card()
    card_id = uuid.UUID(card["card_id"])
    boss = shop.staff["Ana"]
    stamp = till.stamp(card_id)
    batch = [
        card,
        till.operation("carry_over", card_id, count=5, approved_by=boss),
        stamp,
        till.stamp(card_id),
        till.enrol_card(token=card["token"]),
        till.void(card_id, original=uuid.UUID(stamp["key"])),
        till.void(card_id, count=1, approved_by=boss),
        till.redeem(card_id),
        till.operation("block", card_id, reason="Lost"),
        till.operation("unblock", card_id, approved_by=boss),
        till.operation("lockout", failures=5),
        till.stamp(card_id, terms_version=9),
        till.stamp(card_id, count=0),
        till.stamp(card_id, key="lost"),
    ]
    for _ in range(2):
        assert client.post("/v1/sync/push", till.request(batch)).status == 200
    # An old copy of the till asks for what it lacks, and one that differs is told so.
    client.post("/v1/sync/push", till.request([], acked={"seq": 1, "key": card["key"]}))
    client.post("/v1/sync/push", till.request([till.stamp(card_id, seq=2)], repaired_buckets=3, asks=[card["key"]]))
    cursor = None
    for _ in range(40):
        page = client.get("/v1/sync/pull?limit=2&digest=true" + (f"&cursor={cursor}" if cursor else "")).json()
        cursor = page["cursor"]
        if not page["more"]:
            break
    assert client.get(f"/v1/sync/pull?cursor={cursor}&bucket=7").status == 200
    token = client.post("/v1/tills/token", {}).json()["token"]
    renewed = Client(app, token)
    assert renewed.get("/v1/sync/pull").status == 200
    now, gare = shop.clock.now(), shop.stores["gare"]
    code = in_transaction(
        app.state.hub.engine,
        lambda connection: (
            make_code(connection, merchant_id=shop.merchant_id, store_id=gare, till_name="front", now=now).code
        ),
    )
    for tried, status in ((code, 201), (code, 401)):
        asked = {"code": tried, "app_version": "1", "protocol": 1}
        assert Client(app).post("/v1/tills/enrol", asked).status == status
    assert renewed.get("/v1/sync/pull").status == 401


def test_every_statement_goes_to_one_merchants_node(
    served: tuple[FastAPI, list[str]], open_shop: Callable[..., Shop]
) -> None:
    app, sent = served
    live(app, open_shop("cooldown_minutes = 0"))
    wrong = {statement: found for statement in sent if (found := faults(statement, DISTRIBUTED))}
    assert wrong == {}
    assert len(set(sent)) > 30, "hardly anything was asked"
    touched = {name for name in DISTRIBUTED if any(name in statement for statement in sent)}
    assert touched == DISTRIBUTED - {"recovery_tills"}


def test_every_statement_that_there_is_goes_to_one_merchants_node() -> None:
    """Also those of the rare paths: a recovery, what is decided of what was parked, a rescue file."""
    seen = 0
    for package in (server.access, server.store, server.sync):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                for statement in statements_of(module.name):
                    seen += 1
                    assert faults(statement, DISTRIBUTED) == [], f"{module.name}: {statement}"
    assert seen > 60


def statements_of(module: str) -> Iterator[str]:
    """The statements that a module keeps, written as they are sent."""
    for kept in vars(importlib.import_module(module)).values():
        for one in kept.values() if isinstance(kept, dict) else [kept]:
            if isinstance(one, TextClause):
                yield PARAMETER.sub(r"%(\1)s", one.text)


def test_on_citus_nothing_is_set_but_by_set_local(
    served: tuple[FastAPI, list[str]], open_shop: Callable[..., Shop], request: pytest.FixtureRequest
) -> None:
    app, sent = served
    shop = open_shop("cooldown_minutes = 0")
    live(app, shop)
    entered = [f"SET LOCAL tillstamp.merchant_id = '{shop.merchant_id}'" in statement for statement in sent]
    if "sharded" not in request.node.name:
        assert not any(entered)
        return
    assert any(entered)
    # Before the entrance: how long to wait for a lock on the coordinator's own table of attempts.
    said = {statement for statement in sent if "set_config" in statement}
    assert said == {"SELECT set_config('lock_timeout', %(lock_timeout)s, true)"}


def test_the_fence_stands_by_set_local_too(served: tuple[FastAPI, list[str]], open_shop: Callable[..., Shop]) -> None:
    app, _ = served
    roast, tea = open_shop(), open_shop()
    for shop in (roast, tea):
        till = shop.till()
        till.push(till.enrol_card())
    with app.state.hub.engine.connect() as connection:
        enter(connection, roast.merchant_id)
        assert set(connection.execute(text("SELECT DISTINCT merchant_id FROM cards")).scalars()) == {roast.merchant_id}
        assert connection.scalar(text("SELECT current_user")) == "tillstamp_serve"
        connection.rollback()
        assert connection.scalar(text("SELECT current_user")) != "tillstamp_serve"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("SELECT * FROM cards", "cards is not bound"),
        ("SELECT * FROM cards WHERE card_id = %(card_id)s FOR UPDATE", "cards is not bound"),
        (
            "SELECT 1 FROM tills t JOIN stores s ON s.store_id = t.store_id WHERE t.merchant_id = %(merchant_id)s",
            "stores",
        ),
        ("SELECT (SELECT max(ver) FROM cards) FROM tills WHERE merchant_id = %(merchant_id)s", "cards is not bound"),
        ("UPDATE tills SET name = %(name)s", "tills is not bound"),
        ("DELETE FROM contacts WHERE till_id = %(till_id)s", "contacts is not bound"),
        ("INSERT INTO cards (card_id) VALUES (%(card_id)s)", "cards gets a row"),
        ("SELECT 1 FROM cards WHERE merchant_id = %(merchant_id)s UNION SELECT 1 FROM aliases", "aliases is not bound"),
    ],
)
def test_what_citus_cannot_send_to_one_node_is_seen(statement: str, why: str) -> None:
    assert any(fault.startswith(why) for fault in faults(statement, DISTRIBUTED)), statement
