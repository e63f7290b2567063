"""No table may stand outside the fence: this walks the schema as the migrations make it, whatever they come to make."""

from collections.abc import Callable
from typing import Final

from server.store import migrate
from tests.helpers.postgres import ask

FreshDatabase = Callable[..., str]

BY_MERCHANT: Final = "(merchant_id = (current_setting('tillstamp.merchant_id'::text))::uuid)"

WITHOUT_MERCHANT: Final = {"alembic_version", "enrolment_attempts"}
"""What is nobody's: a wrong code has no merchant."""

FOUND_BY_SECRET: Final = "token_directory"
"""The one table that is read before there is a merchant."""

_TABLES: Final = """
SELECT c.relname, c.relrowsecurity,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'merchant_id' AND NOT a.attisdropped)
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""
_POLICIES: Final = "SELECT tablename, permissive, roles::text, cmd, qual, with_check FROM pg_policies"
_WAYS_AROUND: Final = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f')
 UNION ALL
SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
"""


def test_every_table_is_fenced(fresh_database: FreshDatabase) -> None:
    """What a migration that adds a table must say of it stands in the message."""
    url = fresh_database(migrate.upgrade)
    tables = ask(url, _TABLES)
    assert {name for name, _, by_merchant in tables if not by_merchant} == WITHOUT_MERCHANT
    policies = {name: [rest for table, *rest in ask(url, _POLICIES) if table == name] for name, _, _ in tables}
    for name, fenced, by_merchant in tables:
        if by_merchant and name != FOUND_BY_SECRET:
            assert [fenced, *policies[name]] == [True, ["PERMISSIVE", "{public}", "ALL", BY_MERCHANT, None]], (
                f"the migration that makes {name} lacks:\n"
                f"  ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;\n"
                f"  CREATE POLICY by_merchant ON {name}"
                " USING (merchant_id = current_setting('tillstamp.merchant_id')::uuid);\n"
                f"  GRANT SELECT, INSERT, UPDATE ON {name} TO tillstamp_serve;  -- what serving needs of it"
            )


def test_whose_a_token_is_can_be_found_and_only_by_its_merchant_changed(fresh_database: FreshDatabase) -> None:
    found = {
        (cmd, qual, check)
        for table, _, _, cmd, qual, check in ask(fresh_database(migrate.upgrade), _POLICIES)
        if table == FOUND_BY_SECRET
    }
    assert found == {("SELECT", "true", None), ("INSERT", None, BY_MERCHANT), ("DELETE", BY_MERCHANT, None)}


def test_nothing_leads_around_the_fence(fresh_database: FreshDatabase) -> None:
    """A view, and a function that runs as its owner, sees what its owner sees: everything."""
    assert ask(fresh_database(migrate.upgrade), _WAYS_AROUND) == []
