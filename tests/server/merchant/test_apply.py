"""Applying a shop file: what the file says becomes so, all of it or nothing, and only what differs is written."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from common.pin import PinCost, hash_pin
from server.merchant.apply import TAKE_TURNS, Applied
from server.merchant.names import merchant_id_of
from server.merchant.steps import Action
from server.trouble import ShopFileTrouble
from tests.helpers.clock import START, ManualClock
from tests.server.merchant.conftest import SHOP, Apply


def rows(engine: Engine, table: str, order: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))
        return [dict(row) for row in found.mappings()]


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    orders = {"merchants": "slug", "programs": "name", "stores": "slug", "terms": "version", "staff": "staff_id"}
    return {table: rows(engine, table, order) for table, order in (orders | {"merchant_versions": "ver"}).items()}


def lines(applied: Applied) -> list[tuple[str, str, str, str]]:
    return [(change.action.value, change.what, change.name, change.detail) for change in applied.changes]


def test_new_merchant_is_whole_under_its_first_version(engine: Engine, apply: Apply) -> None:
    applied = apply()
    assert applied.version == 1
    assert applied.merchant_id == merchant_id_of("roast")
    assert lines(applied) == [
        ("created", "merchant", "Roast & Co", ""),
        ("created", "program", "Coffee card", ""),
        ("created", "terms", "version 1", ""),
        ("created", "store", "Gare", ""),
        ("created", "store", "Kirchberg", ""),
        ("created", "staff", "Ana", "manager"),
        ("created", "staff", "Ben", "cashier"),
    ]
    now = everything(engine)
    assert {row["ver"] for table in now.values() for row in table} == {1}
    assert sorted(row["name"] for row in now["staff"]) == ["Ana", "Ben"]
    gare = next(row["store_id"] for row in now["stores"] if row["slug"] == "gare")
    assert {row["name"]: row["store_ids"] for row in now["staff"]} == {"Ana": None, "Ben": [gare]}


def test_pin_is_kept_as_argon2id_of_its_own_salt(engine: Engine, apply: Apply) -> None:
    apply()
    ana, ben = rows(engine, "staff", "name")
    cost = PinCost(ana["time_cost"], ana["memory_kib"], ana["parallelism"])
    assert ana["pin_hash"] == hash_pin("4821", ana["salt"], cost)
    assert ana["salt"] != ben["salt"]


def test_same_file_again_writes_nothing(engine: Engine, apply: Apply, clock: ManualClock) -> None:
    apply()
    before = everything(engine)
    clock.advance(timedelta(hours=1))
    again = apply()
    assert (again.version, again.changes) == (None, ())
    assert everything(engine) == before


def test_change_of_terms_makes_the_next_version(engine: Engine, apply: Apply) -> None:
    apply()
    applied = apply(SHOP.replace("[terms]", "[terms]\ncooldown_minutes = 20\nallow_voids = false"))
    assert lines(applied) == [
        ("created", "terms", "version 2", "cooldown_minutes 15 → 20, allow_voids yes → no"),
    ]
    first, second = rows(engine, "terms", "version")
    assert (first["cooldown_minutes"], first["ver"]) == (15, 1)
    assert (second["cooldown_minutes"], second["allow_voids"], second["ver"]) == (20, False, 2)
    back = apply()
    assert [row["version"] for row in rows(engine, "terms", "version")] == [1, 2, 3]
    assert back.version == 3


def test_numbers_of_the_merchant_are_not_versioned(engine: Engine, apply: Apply) -> None:
    apply()
    applied = apply(SHOP.replace('"Roast & Co"', '"Roast"\noffline_days_max = 30\nlog_ip = false'))
    assert lines(applied) == [
        ("changed", "merchant", "Roast", 'name "Roast & Co" → "Roast", offline_days_max 14 → 30, log_ip yes → no'),
    ]
    (merchant,) = rows(engine, "merchants", "slug")
    assert (merchant["offline_days_max"], merchant["log_ip"], merchant["ver"]) == (30, False, 2)
    assert len(rows(engine, "terms", "version")) == 1


def test_left_out_store_is_closed_now_and_may_come_back(engine: Engine, apply: Apply, clock: ManualClock) -> None:
    apply()
    clock.advance(timedelta(hours=1))
    without = SHOP.replace('[[stores]]\nslug = "kirchberg"\nname = "Kirchberg"\n', "")
    assert lines(apply(without)) == [("closed", "store", "Kirchberg", "")]
    assert apply(without).changes == ()
    gare, kirchberg = rows(engine, "stores", "slug")
    assert (gare["inactive_since"], kirchberg["inactive_since"]) == (None, START + timedelta(hours=1))
    assert (gare["ver"], kirchberg["ver"]) == (1, 2)
    assert lines(apply()) == [("reopened", "store", "Kirchberg", "")]
    back = rows(engine, "stores", "slug")[1]
    assert (back["store_id"], back["inactive_since"]) == (kirchberg["store_id"], None)


def test_renamed_store_keeps_its_id(engine: Engine, apply: Apply) -> None:
    apply()
    before = rows(engine, "stores", "slug")[0]
    assert lines(apply(SHOP.replace('"Gare"', '"Gare Centrale"'))) == [
        ("changed", "store", "Gare Centrale", 'name "Gare" → "Gare Centrale"')
    ]
    assert rows(engine, "stores", "slug")[0] == before | {"name": "Gare Centrale", "ver": 2}


def test_left_out_staff_is_inactive_now_and_comes_back_as_another_row(
    engine: Engine, apply: Apply, clock: ManualClock
) -> None:
    apply()
    clock.advance(timedelta(hours=1))
    without_ben = SHOP[: SHOP.index('[[staff]]\nname = "Ben"')]
    assert lines(apply(without_ben)) == [("closed", "staff", "Ben", "left out of the file")]
    gone = rows(engine, "staff", "name, staff_id")[1]
    assert (gone["inactive_since"], gone["ver"]) == (START + timedelta(hours=1), 2)
    clock.advance(timedelta(hours=1))
    apply()
    _, same, new = rows(engine, "staff", "name, staff_id")
    assert same == gone
    assert new["inactive_since"] is None
    assert new["staff_id"] != gone["staff_id"]


@pytest.mark.parametrize(
    ("written", "becomes", "detail"),
    [
        ('role = "manager"', 'role = "cashier"', "manager → cashier"),
        ('role = "manager"', 'role = "manager"\nstores = ["gare"]', "every store → gare"),
    ],
)
def test_another_role_or_store_ends_the_row_and_begins_another(
    engine: Engine, apply: Apply, clock: ManualClock, written: str, becomes: str, detail: str
) -> None:
    apply()
    before = rows(engine, "staff", "name")[0]
    clock.advance(timedelta(hours=1))
    assert lines(apply(SHOP.replace(written, becomes))) == [("changed", "staff", "Ana", detail)]
    ended, begun, _ben = rows(engine, "staff", "name, staff_id")
    assert ended == before | {"inactive_since": START + timedelta(hours=1), "ver": 2}
    # The PIN is carried over: same salt and hash, so the person notices nothing.
    assert (begun["pin_hash"], begun["salt"], begun["inactive_since"]) == (before["pin_hash"], before["salt"], None)
    assert begun["staff_id"] != ended["staff_id"]


def test_order_of_stores_is_no_change(engine: Engine, apply: Apply) -> None:
    both = SHOP.replace('stores = ["gare"]', 'stores = ["gare", "kirchberg"]')
    apply(both)
    assert apply(both.replace('["gare", "kirchberg"]', '["kirchberg", "gare"]')).changes == ()


def test_changed_pin_is_hashed_anew_in_the_same_row(engine: Engine, apply: Apply) -> None:
    apply()
    before = rows(engine, "staff", "name")[0]
    applied = apply(SHOP.replace("4821", "774411"))
    assert lines(applied) == [("changed", "staff", "Ana", "another PIN")]
    after = rows(engine, "staff", "name")[0]
    assert (after["staff_id"], after["inactive_since"], after["ver"]) == (before["staff_id"], None, 2)
    assert after["salt"] != before["salt"]
    cost = PinCost(after["time_cost"], after["memory_kib"], after["parallelism"])
    assert after["pin_hash"] == hash_pin("774411", after["salt"], cost)


def test_pin_left_out_stays_as_it_was(engine: Engine, apply: Apply) -> None:
    apply()
    assert apply(SHOP.replace('pin = "4821"\n', "")).changes == ()


def test_new_staff_without_a_pin_is_refused_where_pins_are_required(engine: Engine, apply: Apply) -> None:
    apply()
    before = everything(engine)
    with pytest.raises(ShopFileTrouble) as caught:
        apply(SHOP.replace("[terms]", "[terms]\nstamps_target = 8") + '[[staff]]\nname = "Cleo"\n')
    assert caught.value.problems == ('staff "Cleo" has no pin, and pin_policy is "required"',)
    assert everything(engine) == before


def test_where_pins_are_optional_nobody_needs_one(engine: Engine, apply: Apply) -> None:
    optional = SHOP.replace("[terms]", '[terms]\npin_policy = "optional"').replace('pin = "4821"\n', "")
    apply(optional)
    assert rows(engine, "staff", "name")[0]["pin_hash"] is None
    assert apply(optional).changes == ()
    with pytest.raises(ShopFileTrouble, match='"Ana" has no pin'):
        apply(SHOP.replace('pin = "4821"\n', ""))
    assert lines(apply(SHOP))[-1] == ("changed", "staff", "Ana", "a PIN")


def test_program_is_closed_and_reopened(engine: Engine, apply: Apply, clock: ManualClock) -> None:
    apply()
    clock.advance(timedelta(hours=1))
    closed = SHOP.replace("[program]", "[program]\ninactive = true")
    assert lines(apply(closed)) == [("closed", "program", "Coffee card", "")]
    clock.advance(timedelta(hours=1))
    assert apply(closed).changes == ()
    apply(closed.replace('"Coffee card"', '"Old card"'))
    (program,) = rows(engine, "programs", "name")
    assert (program["name"], program["inactive_since"]) == ("Old card", START + timedelta(hours=1))
    assert [change.action for change in apply().changes] == [Action.REOPENED]
    assert rows(engine, "programs", "name")[0]["inactive_since"] is None


def test_merchants_do_not_touch_each_other(engine: Engine, apply: Apply) -> None:
    apply()
    before = rows(engine, "staff", "name")
    other = apply(SHOP.replace('slug = "roast"', 'slug = "brew"'))
    assert other.version == 1
    assert [row for row in rows(engine, "staff", "name") if row["merchant_id"] != other.merchant_id] == before


def test_same_new_shop_applied_twice_at_once_is_made_once(engine: Engine, apply: Apply) -> None:
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(lambda _: apply(), range(4)))
    assert sorted(one.version is not None for one in applied) == [False, False, False, True]
    assert len(rows(engine, "staff", "name")) == 2


def test_two_files_for_one_merchant_take_turns(engine: Engine, apply: Apply) -> None:
    """Else each would plan from what the other is about to change, and the result be neither file."""
    applied = apply()
    with ThreadPoolExecutor(1) as pool, engine.connect() as other:
        other.execute(TAKE_TURNS, {"merchant_id": applied.merchant_id})
        waiting = pool.submit(apply, SHOP.replace("[terms]", "[terms]\nstamps_target = 8"))
        with engine.connect() as watching:
            queue = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            while not watching.scalar(queue):
                assert not waiting.done()
        other.rollback()
        assert waiting.result().version == 2
