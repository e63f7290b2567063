"""An audit finds nothing in an honest ledger, and each thing that was tampered with in another."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from common.rules.judge import SERVER_TOLERANCE
from server.operate.audit.run import CARD_CHECKS, FINDINGS_KEPT_MAX, TABLE_CHECKS, audit, examine
from server.operate.audit.standing import STORY_CHECKS
from server.store import migrate
from server.store.engine import make_engine
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.helpers.shop import Shop
from tests.server.operate.breaches import BREACHES, Breach
from tests.server.operate.honest_ledger import HonestShop, HonestTill, sell


@pytest.fixture(scope="module")
def honest(databases: Databases) -> Iterator[Engine]:
    """The honest ledger. Whoever tampers with it does so in a transaction that is rolled back."""
    url = databases.make()
    sell(url)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def tampering(honest: Engine) -> Iterator[Connection]:
    """A transaction in which everything may be done; afterwards nothing of it has happened."""
    with honest.connect() as connection:
        # What a foreign key would refuse, a broken disk or a careless hand still does.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        connection.rollback()


def test_honest_ledger_holds(honest: Engine) -> None:
    report = audit(honest)
    assert report.findings == ()
    assert report.holds
    assert report.checks == len(TABLE_CHECKS) + len(CARD_CHECKS) + len(STORY_CHECKS)
    assert report.counts["merchants"] == 1
    assert report.counts["operations"] > 25


def test_every_check_has_a_breach_that_it_must_notice() -> None:
    checks = {check.name for check in TABLE_CHECKS} | {look.__name__ for _, look in (*CARD_CHECKS, *STORY_CHECKS)}
    assert {breach.check for breach in BREACHES} == checks


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.check)
def test_breach_is_named(tampering: Connection, breach: Breach) -> None:
    for statement in breach.statements.split(";"):
        assert tampering.execute(text(statement)).rowcount > 0
    report = examine(tampering)
    assert not report.holds
    assert breach.check in {finding.check for finding in report.findings}
    for finding in report.findings:
        assert finding.subject.split()[0] in ("operation", "card", "till", "merchant")
        assert "{" not in finding.problem
        assert finding.problem


def test_only_the_first_findings_are_kept_and_all_are_counted(tampering: Connection) -> None:
    insert = "INSERT INTO card_codes SELECT merchant_id, 'code ' || n, gen_random_uuid()"
    tampering.execute(text(f"{insert} FROM merchants, generate_series(1, {FINDINGS_KEPT_MAX + 5}) AS n"))
    report = examine(tampering)
    assert len(report.findings) == FINDINGS_KEPT_MAX
    # Each of no card that there is, and given by nothing that happened.
    assert report.found == 2 * (FINDINGS_KEPT_MAX + 5)
    assert list(report.slugs.values()) == ["roast"]


def test_what_the_tolerance_allows_and_what_arrived_late_is_no_breach(fresh_database: Callable[..., str]) -> None:
    engine = make_engine(fresh_database(migrate.upgrade))
    try:
        shop = HonestShop(engine, ManualClock())
        till = HonestTill(shop, "Counter")
        card = till.enrols()
        began = shop.clock.uptime_ms()
        shop.clock.advance(timedelta(minutes=40))
        assert till.does("stamp", card).outcome == "accepted"
        shop.clock.advance(timedelta(minutes=15) - SERVER_TOLERANCE)
        assert till.does("stamp", card).outcome == "accepted"
        # Given first of all, and sent last.
        assert till.does("stamp", card, uptime_ms=began).outcome == "accepted"
        assert audit(engine).findings == ()
    finally:
        engine.dispose()


def test_till_that_enrolled_again_and_repeated_its_queue_is_no_breach(fresh_database: Callable[..., str]) -> None:
    url = fresh_database(migrate.upgrade)
    engine = make_engine(url)
    try:
        shop = HonestShop(engine, ManualClock())
        till = HonestTill(shop, "Counter")
        card = shop.new_id()
        till.does("enrol", card, number="000100000015", token=shop.new_token(), key=str(shop.new_id()))
        stamp = {
            "kind": "stamp",
            "card_id": str(card),
            "key": str(shop.new_id()),
            "occurred_at": "2026-11-22T10:00:00Z",
        }
        till.push(stamp)
        again = HonestTill(shop, "Counter")
        replayed = again.push(stamp, {"kind": "lockout", "failures": 5})
        assert [verdict.replayed for verdict in replayed.verdicts] == [True, False]
        assert audit(engine).findings == ()
    finally:
        engine.dispose()


def test_audit_reads_one_moment_and_writes_nothing(honest: Engine) -> None:
    begun: list[tuple[str, ...]] = []

    def note(*arguments: Any) -> None:
        cursor, statement = arguments[1], arguments[2]
        if "AS merchants" in statement:
            with cursor.connection.cursor() as other:
                settings = ("transaction_isolation", "transaction_read_only", "cursor_tuple_fraction")
                begun.append(tuple(other.execute(f"SHOW {setting}").fetchone()[0] for setting in settings))

    event.listen(honest, "after_cursor_execute", note)
    try:
        audit(honest)
    finally:
        event.remove(honest, "after_cursor_execute", note)
    assert begun == [("repeatable read", "on", "1")]


def test_tables_that_were_never_analysed_are_not_compared_row_by_row(honest: Engine) -> None:
    """PostgreSQL expects few rows of them, and would: the audit of a restored database took time by the square."""
    asked: list[tuple[str, Any]] = []
    with honest.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda _c, _u, said, values, *_: asked.append((said, values)))
        assert examine(connection).holds
        planned = {said: _plan(connection, said, values) for said, values in list(asked) if _is_a_story(said)}
    assert len(planned) == 2
    assert [said for said, plan in planned.items() if "Nested Loop" in plan] == []


def _is_a_story(said: str) -> bool:
    """Whether it reads all operations, in some order."""
    return "JOIN operations o" in said and "ORDER BY" in said


def _plan(connection: Connection, said: str, values: Any) -> str:
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {said}", values))


def test_a_seq_that_a_repeat_used_up_is_not_missing(fresh_database: Callable[..., str]) -> None:
    engine = make_engine(fresh_database(migrate.upgrade))
    till = Shop.open(engine, ManualClock()).till()
    enrol = till.enrol_card()
    till.push(enrol)
    # The same again under the next seq, and twice in one batch: answered each time, and kept once.
    till.push(enrol | {"seq": 2}, enrol | {"seq": 3}, enrol | {"seq": 4})
    assert audit(engine).findings == ()
    with engine.begin() as connection:
        connection.execute(text("UPDATE tills SET have_seq = have_seq + 1"))
    assert {finding.check for finding in audit(engine).findings} == {"no_operation_is_missing"}
    engine.dispose()
