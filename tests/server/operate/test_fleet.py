"""The figures of all tills: who is silent with a queue, over all merchants, and nothing that tells which."""

from collections.abc import Callable
from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import Engine, text

from common.times import to_wire
from server.observing.fleet import READ_EVERY_MS, Fleet, FleetCollector
from server.operate.fleet import read_fleet
from server.operate.silence import SILENT_AFTER
from server.store.engine import make_engine
from server.store.fence.role import SERVING_ROLE
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop
from tests.helpers.shop_fixtures import clock, own_engine

__all__ = ["clock", "own_engine"]


def test_each_till_is_counted_as_it_stands(own_engine: Engine, clock: ManualClock) -> None:
    tea, roast = (Shop.open(own_engine, clock, slug=slug) for slug in ("tea", "roast"))
    for shop, name, pending in ((tea, "front", 0), (tea, "back", 7), (roast, "front", 3), (roast, "revoked", 9)):
        shop.till(name=name).answer(pending=pending, oldest_pending_at=to_wire(clock.now()) if pending else None)
    lone = roast.till(name="lone")
    lone.push(lone.stamp(lone.card(), count=0))
    with own_engine.begin() as connection:
        connection.execute(text("UPDATE tills SET revoked_at = now() WHERE name = 'revoked'"))
    began = clock.now()
    clock.advance(SILENT_AFTER + timedelta(seconds=1))
    lone.push()
    fleet = read_fleet(own_engine, clock.now())
    assert fleet is not None
    assert (fleet.in_contact, fleet.silent, fleet.silent_with_queue, fleet.silent_too_long) == (1, 1, 2, 0)
    assert (fleet.waiting, fleet.oldest_at, fleet.parked) == (10, began, 0)
    assert {kind for kind, items in fleet.attention.items() if items} == set()
    # Half of 14 days: a till that is gone for good is to be revoked.
    clock.advance(timedelta(days=7, seconds=1))
    later = read_fleet(own_engine, clock.now())
    assert later is not None
    assert (later.in_contact, later.silent, later.silent_with_queue, later.silent_too_long) == (0, 2, 2, 4)


def test_who_may_not_look_across_merchants_is_told_nothing(own_engine: Engine, clock: ManualClock) -> None:
    Shop.open(own_engine, clock).till()
    with own_engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE only_serves LOGIN IN ROLE {SERVING_ROLE}"))
    try:
        member = make_engine(own_engine.url.set(username="only_serves").render_as_string(hide_password=False))
        assert read_fleet(member, clock.now()) is None
        member.dispose()
    finally:
        with own_engine.begin() as connection:
            connection.execute(text("DROP ROLE only_serves"))


def test_it_is_read_only_every_few_seconds_and_an_old_figure_is_never_told(clock: ManualClock) -> None:
    answers: list[Fleet | None] = [Fleet(1, 0, 4, 0, 9, clock.now(), {"loss": 2}, 0), None]
    registry = CollectorRegistry()
    read: Callable[[object], Fleet | None] = lambda _now: answers.pop(0)  # noqa: E731 - a reader of one line
    registry.register(FleetCollector(read, clock))
    for _ in range(2):
        told = generate_latest(registry).decode()
        assert 'tillstamp_tills{state="silent_with_queue"} 4.0' in told
        assert "tillstamp_fleet_readable 1.0" in told
    clock.advance(timedelta(milliseconds=READ_EVERY_MS))
    told = generate_latest(registry).decode()
    assert "tillstamp_fleet_readable 0.0" in told
    assert "tillstamp_tills" not in told
