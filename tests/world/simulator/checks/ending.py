"""When everything has healed: queues are empty, every book equals the server, and the server the reference."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from server.operate.audit.run import audit
from tests.world.simulator.checks.facts import Violation
from tests.world.simulator.world.till import SimulatedTill
from tests.world.simulator.world.world import World

_HISTORY: Final = timedelta(days=35)
_CARDS: Final = """
SELECT card_id, number, token, store_id, name, stamp_count, lifetime_stamps, redemptions, last_stamp_at,
       last_redemption_at, inactive_since, carried_over FROM {}cards
"""
_TRANSACTIONS: Final = """
SELECT key, card_id, store_id, kind, delta, original, shortfall, event_time FROM {}transactions
"""
_LEAVE_A_ROW: Final = ("enrol", "stamp", "redeem", "void", "carry_over")
_ALIASES: Final = "SELECT card_id, merged_into FROM {}aliases"
_TERMS: Final = "SELECT version, stamps_target, cooldown_minutes, daily_limit, pin_policy FROM {}terms"
_STAFF: Final = "SELECT staff_id, name, role, inactive_since FROM {}staff"
_PROGRAM: Final = "SELECT inactive_since FROM {}"


def everything_holds(world: World) -> None:
    """Raises Violation with the first thing that does not."""
    if not world.went_back:
        _reference_is_right(world)
    _sealed_is_kept(world)
    for till in world.tills:
        _queue_is_empty(till)
        _book_is_whole(till)
        _book_equals_server(world, till)
        _operations_are_there(world, till)
        world.check(till)
    findings = audit(world.server.office).findings
    if findings:
        found = "\n".join(f"law {one.law}, {one.check}: {one.subject}: {one.problem}" for one in findings[:5])
        raise Violation(f"the audit found {len(findings)}:\n{found}")


def _queue_is_empty(till: SimulatedTill) -> None:
    with till.book.read() as connection:
        waiting, said = connection.execute(
            "SELECT (SELECT count(*) FROM operations WHERE state = 'waiting'), waiting FROM book"
        ).fetchone()
    if waiting or said:
        raise Violation(f"{till.name} still has {waiting} waiting operations, and says {said}")


def _book_is_whole(till: SimulatedTill) -> None:
    with till.book.read() as connection:
        if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise Violation(f"the book of {till.name} is damaged")


def _reference_is_right(world: World) -> None:
    """The server's cards are those that the reference kept."""
    kept = {
        card_id: (card.number, card.token, card.balance, card.lifetime, card.redemptions, card.inactive_since)
        for card_id, card in world.observer.seen.reference.cards.items()
    }
    rows = world.observer.rows(
        "SELECT card_id, number, token, stamp_count, lifetime_stamps, redemptions, inactive_since FROM cards"
    )
    served = {str(row.pop("card_id")): tuple(row.values()) for row in rows}
    _same("cards of the server and of the reference", served, kept)
    if any(row["stamp_count"] < 0 for row in world.observer.rows("SELECT stamp_count FROM cards")):
        raise Violation("a card has less than no stamps")


def _book_equals_server(world: World, till: SimulatedTill) -> None:
    with till.book.read() as connection:
        # A snapshot leaves out what is older than any rule looks back.
        since = world.timeline.now() - _HISTORY
        for statement in (_CARDS, _ALIASES, _TERMS, _STAFF, _TRANSACTIONS):
            recent = statement is _TRANSACTIONS
            mine = _by_first(_rows_of(connection, statement.format("synced_")), since if recent else None)
            theirs = _by_first(world.observer.rows(statement.format("")), since if recent else None)
            _same(f"{till.name} and the server ({statement.split()[-1].format('')})", mine, theirs)
        mine = _by_first(_rows_of(connection, _PROGRAM.format("synced_program")), None)
        _same("the program", mine, _by_first(world.observer.rows(_PROGRAM.format("programs")), None))


def _operations_are_there(world: World, till: SimulatedTill) -> None:
    """Each operation of the book has one verdict, and the book knows it; none is still open but what is parked."""
    with till.book.read() as connection:
        own = connection.execute("SELECT key, kind, state, open, verdict FROM operations").fetchall()
    for key, kind, state, is_open, verdict in own:
        arrived = world.observer.seen.verdicts.get(key)
        if arrived is None and world.fell_back and (state == "rejected" or kind not in _LEAVE_A_ROW):
            # A known limit: no row of its own can tell the till that a standby which says nothing forgot its epoch.
            continue
        if arrived is None:
            raise Violation(f"{kind} {key} of {till.name} is {state} there, and never arrived")
        if key in world.repeated_late:
            continue
        if state != arrived.outcome:
            raise Violation(f"{kind} {key} is {state} on {till.name}, and {arrived.outcome} {arrived.code}")
        if bool(is_open) != (state == "parked"):
            raise Violation(f"{kind} {key} of {till.name} is {state}, and {'still' if is_open else 'not'} open")
        told = json.loads(verdict)
        if told["code"] != arrived.code or (not world.went_back and told["ver"] != arrived.ver):
            raise Violation(f"{kind} {key}: {till.name} was told {told}, and it is {arrived}")


def _sealed_is_kept(world: World) -> None:
    """What a till had a receipt for is what it was, as long as its book is there to say so."""
    kept: set[str] = set()
    for till in world.tills:
        with till.book.read() as connection:
            kept |= {key for (key,) in connection.execute("SELECT key FROM operations")}
    for key, said in world.sealed.items():
        arrived = world.observer.seen.verdicts.get(key)
        now = None if arrived is None else arrived.said
        if key in kept and key not in world.repeated_late and now != said and not (now is None and world.fell_back):
            raise Violation(f"{key} was {said}, with a receipt, and after the server went back in time it is {now}")


def _rows_of(connection: sqlite3.Connection, statement: str) -> list[dict[str, Any]]:
    cursor = connection.execute(statement)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _by_first(rows: Iterable[dict[str, Any]], since: datetime | None) -> dict[Any, tuple[Any, ...]]:
    """Rows by their first column, with both sides' ways of writing made one."""
    found = {}
    for row in rows:
        values = {name: _plain(name, value) for name, value in row.items()}
        if since is None or values["event_time"] >= since:
            first, *rest = values.values()
            found[first] = tuple(rest)
    return found


def _plain(name: str, value: Any) -> Any:
    if name.endswith(("_at", "_since", "_time")) and isinstance(value, int):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
    if name == "carried_over":
        return bool(value)
    return str(value) if type(value).__name__ == "UUID" else value


def _same(what: str, mine: dict[Any, Any], theirs: dict[Any, Any]) -> None:
    if mine == theirs:
        return
    differing = [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)][:3]
    told = "\n".join(f"{key}: {mine.get(key)}\n    and: {theirs.get(key)}" for key in differing)
    raise Violation(f"{what} differ:\n{told}")
