"""The schema shards by merchant, as Citus wants it: this walks it as the migrations make it."""

from collections.abc import Callable
from typing import Final

from server.operate.distribute import EVERYWHERE, MERCHANT, tables_by_merchant
from server.store import migrate
from tests.helpers.postgres import ask

STAYS: Final = {"alembic_version", "enrolment_attempts"}
"""What is nobody's stays on the coordinator."""

_TABLES: Final = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_COLUMN_TYPES: Final = """
SELECT DISTINCT atttypid::regtype::text, attnotnull FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname = 'merchant_id' AND c.relname <> '{}'
"""
# Of an index on columns of the table, the names in their order.
_UNIQUE: Final = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text,
       ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY k(attnum, place)
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum ORDER BY place)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
 WHERE c.relnamespace = 'public'::regnamespace AND (i.indisunique OR i.indisprimary)
"""
_FOREIGN: Final = """
SELECT f.conrelid::regclass::text, f.confrelid::regclass::text, f.confdeltype::text, f.confupdtype::text,
       ARRAY(SELECT a.attname::text || '=' || b.attname FROM unnest(f.conkey, f.confkey) k(mine, theirs)
               JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.mine
               JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.theirs)
  FROM pg_constraint f WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace
"""
# What Citus knows no way to spread, or spreads otherwise than one would think.
_OTHERS: Final = """
SELECT 'trigger ' || tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = 'public'::regnamespace AND NOT tgisinternal
 UNION ALL SELECT 'exclusion ' || conname FROM pg_constraint WHERE contype = 'x'
 UNION ALL SELECT 'rule ' || rulename FROM pg_rules WHERE schemaname = 'public'
 UNION ALL SELECT relkind::text || ' ' || relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('S', 'v', 'm', 'p', 'f')
 UNION ALL SELECT 'inherits ' || inhrelid::regclass::text FROM pg_inherits
            JOIN pg_class c ON c.oid = inhrelid AND c.relkind = 'r'
"""


def test_every_table_has_its_place(fresh_database: Callable[..., str]) -> None:
    url = fresh_database(migrate.upgrade)
    spread = set(tables_by_merchant())
    assert {name for (name,) in ask(url, _TABLES)} == spread | {EVERYWHERE} | STAYS
    # Tables lie beside one another only where the column is the same.
    assert ask(url, _COLUMN_TYPES.format(EVERYWHERE)) == [("uuid", True)]


def test_every_key_begins_with_the_merchant(fresh_database: Callable[..., str]) -> None:
    unique = ask(fresh_database(migrate.upgrade), _UNIQUE)
    across = [name for table, name, columns in unique if table not in {EVERYWHERE, *STAYS} and columns[0] != MERCHANT]
    assert across == []
    assert len(unique) > len(tables_by_merchant())


def test_every_foreign_key_stays_within_the_merchant(fresh_database: Callable[..., str]) -> None:
    keys = ask(fresh_database(migrate.upgrade), _FOREIGN)
    spread = set(tables_by_merchant())
    for table, to, on_delete, on_update, pairs in keys:
        assert {table, to} <= spread
        assert f"{MERCHANT}={MERCHANT}" in pairs
        assert (on_delete, on_update) == ("a", "a"), "what would set a key to NULL, Citus refuses"
    assert keys


def test_there_is_nothing_else_that_does_not_shard(fresh_database: Callable[..., str]) -> None:
    assert ask(fresh_database(migrate.upgrade), _OTHERS) == []
