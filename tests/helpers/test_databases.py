"""Databases for tests: each its own, migrated once."""

from collections.abc import Callable

from tests.helpers.postgres import ask


def test_each_is_its_own_and_the_template_is_migrated_once(fresh_database: Callable[..., str]) -> None:
    migrated = []

    def upgrade(url: str) -> None:
        migrated.append(url)
        ask(url, "CREATE TABLE cards (number text)")

    first, second = fresh_database(upgrade), fresh_database(upgrade)
    ask(first, "INSERT INTO cards VALUES ('1')")
    assert ask(first, "SELECT number FROM cards") == [("1",)]
    assert ask(second, "SELECT number FROM cards") == []
    assert len(migrated) == 1


def test_without_a_migration_it_is_empty(fresh_database: Callable[..., str]) -> None:
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    assert ask(fresh_database(), tables) == []
