"""An audit finds nothing in an honest ledger, and each thing that was tampered with in another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from common.rules.judge import SERVER_TOLERANCE
from server.operate.audit.run import CARD_CHECKS, FINDINGS_KEPT_MAX, TABLE_CHECKS, audit, examine
from server.store import migrate
from server.store.engine import make_engine
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.server.operate.honest_ledger import HonestShop, HonestTill, sell


@dataclass(frozen=True, slots=True)
class Breach:
    """Somebody tampered with the database, and the check that must notice."""

    check: str
    statements: str


FIRST_STAMP = "(SELECT key FROM transactions WHERE kind = 'stamp' ORDER BY ver, line LIMIT 1)"
SECOND_STAMP = "(SELECT key FROM transactions WHERE kind = 'stamp' ORDER BY ver, line OFFSET 1 LIMIT 1)"
COPIED = """
INSERT INTO transactions (merchant_id, key, card_id, store_id, till_id, staff_id, kind, delta, lifetime_delta,
                          redemptions_delta, balance_after, original, shortfall, reward, event_time, business_date,
                          voided_by, live, ver, line)
SELECT merchant_id, gen_random_uuid(), card_id, store_id, till_id, staff_id, kind, delta, lifetime_delta,
       redemptions_delta, balance_after, original, shortfall, reward, event_time, business_date, voided_by, live,
       ver + 100, line
  FROM transactions
 WHERE {which} LIMIT 1
"""

BREACHES = [
    Breach("every_operation_has_a_verdict", f"DELETE FROM verdicts WHERE key = {FIRST_STAMP}"),
    Breach("every_verdict_has_its_operation", "DELETE FROM operations WHERE kind = 'lockout'"),
    Breach("every_verdict_has_its_operation", f"UPDATE verdicts SET seq = seq + 100 WHERE key = {FIRST_STAMP}"),
    Breach("every_verdict_has_its_operation", f"UPDATE verdicts SET key = gen_random_uuid() WHERE key = {FIRST_STAMP}"),
    Breach("accepted_operations_are_booked", f"DELETE FROM transactions WHERE key = {FIRST_STAMP}"),
    Breach("booked_operations_were_accepted", f"UPDATE verdicts SET outcome = 'rejected' WHERE key = {FIRST_STAMP}"),
    Breach("booked_operations_were_accepted", f"UPDATE verdicts SET outcome = 'parked' WHERE key = {FIRST_STAMP}"),
    Breach("booked_operations_were_accepted", COPIED.format(which="kind = 'stamp'")),
    Breach("verdicts_agree_with_the_ledger", f"UPDATE verdicts SET balance_after = 7 WHERE key = {FIRST_STAMP}"),
    Breach("verdicts_agree_with_the_ledger", f"UPDATE verdicts SET ver = 1 WHERE key = {FIRST_STAMP}"),
    Breach("verdicts_agree_with_the_ledger", f"UPDATE verdicts SET card_id = NULL WHERE key = {FIRST_STAMP}"),
    Breach("verdicts_name_known_terms", f"UPDATE verdicts SET terms_version = 9 WHERE key = {FIRST_STAMP}"),
    Breach(
        "content_is_untouched",
        "UPDATE operations SET content = replace(content::text, 'lost', 'last')::json WHERE kind = 'block'",
    ),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET stamp_count = stamp_count + 1"),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET lifetime_stamps = lifetime_stamps + 1"),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET redemptions = redemptions + 1"),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET last_stamp_at = last_stamp_at + interval '1 second'"),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET last_redemption_at = NULL"),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET carried_over = NOT carried_over"),
    Breach("enrolled_cards_exist", "DELETE FROM aliases"),
    Breach("enrolled_cards_exist", "DELETE FROM cards"),
    Breach("cards_hold_their_codes", "DELETE FROM card_codes WHERE code LIKE 'TS1-%'"),
    Breach("cards_hold_their_codes", "UPDATE cards SET number = '000000000000'"),
    Breach("codes_belong_to_cards", "UPDATE card_codes SET card_id = gen_random_uuid()"),
    Breach("merged_cards_lead_to_a_card", "UPDATE aliases SET merged_into = gen_random_uuid()"),
    Breach("merged_cards_lead_to_a_card", "UPDATE aliases SET merged_into = card_id"),
    Breach("merged_cards_lead_to_a_card", "UPDATE aliases SET card_id = (SELECT card_id FROM cards LIMIT 1)"),
    Breach(
        "no_operation_is_missing",
        "DELETE FROM operations WHERE kind = 'lockout'; DELETE FROM verdicts v WHERE code IS NULL AND card_id IS NULL",
    ),
    Breach("no_operation_is_missing", "DELETE FROM unkeyed_operations"),
    Breach("no_operation_is_missing", "UPDATE tills SET have_seq = have_seq + 1"),
    Breach("no_operation_is_missing", "DELETE FROM operations; DELETE FROM unkeyed_operations"),
    Breach("tills_were_told_what_arrived", "UPDATE tills SET have_seq = have_seq - 1"),
    Breach("tills_were_told_what_arrived", "UPDATE operations SET epoch = 2"),
    Breach("operations_come_from_known_tills", "UPDATE operations SET till_id = gen_random_uuid()"),
    Breach("losses_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'loss'"),
    Breach("shortfalls_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'shortfall'"),
    Breach("parked_operations_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'parked'"),
    Breach("no_version_beyond_the_counter", "UPDATE merchant_versions SET ver = ver - 1"),
    Breach("no_version_beyond_the_counter", "DELETE FROM merchant_versions"),
    Breach("no_version_beyond_the_counter", "UPDATE stores SET ver = 1000"),
    Breach("cards_are_sent_with_their_ledger", "UPDATE cards SET ver = 1"),
    Breach("tokens_lead_to_their_own_merchant", "UPDATE token_directory SET merchant_id = gen_random_uuid()"),
    Breach("tokens_lead_to_their_own_merchant", "DELETE FROM token_directory"),
    Breach("lines_are_what_was_asked", f"UPDATE transactions SET delta = delta + 1 WHERE key = {FIRST_STAMP}"),
    Breach("lines_are_what_was_asked", f"UPDATE transactions SET lifetime_delta = 0 WHERE key = {FIRST_STAMP}"),
    Breach("lines_are_what_was_asked", f"UPDATE transactions SET kind = 'carry_over' WHERE key = {FIRST_STAMP}"),
    Breach("lines_are_what_was_asked", "UPDATE transactions SET shortfall = 0"),
    Breach("lines_are_what_was_asked", "UPDATE transactions SET redemptions_delta = 0 WHERE kind = 'redeem'"),
    Breach("lines_are_what_was_asked", "UPDATE transactions SET delta = 9 WHERE kind = 'void' AND delta = 10"),
    Breach("carried_over_once", COPIED.format(which="kind = 'carry_over'")),
    Breach(
        "answers_were_right",
        f"UPDATE verdicts SET detail = jsonb_set(detail, '{{stamps_today}}', '9') WHERE key = {FIRST_STAMP}",
    ),
    Breach("answers_were_right", f"UPDATE verdicts SET detail = '{{}}' WHERE key = {FIRST_STAMP}"),
    Breach("balances_follow", f"UPDATE transactions SET balance_after = 7 WHERE key = {FIRST_STAMP}"),
    Breach(
        "stamps_keep_their_distance",
        f"UPDATE transactions SET event_time = event_time - interval '5 minutes 3 seconds' WHERE key = {SECOND_STAMP}",
    ),
    Breach("stamps_keep_their_distance", "UPDATE terms SET cooldown_minutes = 21"),
    Breach("days_keep_their_limit", "UPDATE terms SET daily_limit = 2"),
    Breach("business_days_agree", f"UPDATE transactions SET business_date = '2026-11-21' WHERE key = {FIRST_STAMP}"),
    Breach("redemptions_were_full", "UPDATE terms SET stamps_target = 11"),
    Breach("nothing_is_voided_twice", COPIED.format(which="kind = 'void' AND original IS NOT NULL")),
    Breach("voids_name_what_was_there", "UPDATE transactions SET original = NULL WHERE kind = 'void'"),
    Breach(
        "voids_name_what_was_there",
        "UPDATE transactions SET original = (SELECT key FROM transactions WHERE kind = 'carry_over' LIMIT 1)"
        " WHERE original IS NOT NULL",
    ),
    Breach("void_flags_agree", "UPDATE transactions SET voided_by = NULL"),
    Breach("void_flags_agree", f"UPDATE transactions SET voided_by = key WHERE key = {FIRST_STAMP}"),
    Breach("void_flags_agree", "UPDATE transactions SET live = true"),
    Breach("void_flags_agree", f"UPDATE transactions SET live = false WHERE key = {FIRST_STAMP}"),
]


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
    assert report.checks == len(TABLE_CHECKS) + len(CARD_CHECKS)
    assert report.counts["merchants"] == 1
    assert report.counts["operations"] > 25


def test_every_check_has_a_breach_that_it_must_notice() -> None:
    checks = {check.name for check in TABLE_CHECKS} | {look.__name__ for _, look in CARD_CHECKS}
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
    assert report.found == FINDINGS_KEPT_MAX + 5
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
                settings = ("transaction_isolation", "transaction_read_only")
                begun.append(tuple(other.execute(f"SHOW {setting}").fetchone()[0] for setting in settings))

    event.listen(honest, "after_cursor_execute", note)
    try:
        audit(honest)
    finally:
        event.remove(honest, "after_cursor_execute", note)
    assert begun == [("repeatable read", "on")]
