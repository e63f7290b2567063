"""Gates: places in the database where a push has to stop, so that a kill in mid-batch is forced and not hoped for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg

from tests.helpers.postgres import ask, plain

PATIENCE_S: Final = 60.0
_LOOK_AGAIN_S: Final = 0.01

_AT_COMMIT: Final = """
    CREATE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS
    $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON operations DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait_at_the_gate();
"""
"""A deferred trigger runs within COMMIT: everything is written by then, and the client hears nothing yet."""

_CLOSED: Final = {
    "cards": "SELECT 1 FROM cards FOR UPDATE",
    "commit": "SELECT pg_advisory_xact_lock(1)",
}


def build_commit_gate(database_url: str) -> None:
    """From now on a push can be stopped within its COMMIT, too."""
    ask(database_url, _AT_COMMIT)


@contextmanager
def closed_gate(database_url: str, place: str) -> Iterator["Gate"]:
    """A gate that is closed, until the block's end at the latest: at the lock of the `cards`, or in the `commit`."""
    with psycopg.connect(plain(database_url)) as connection:
        connection.execute(_CLOSED[place])
        gate = Gate(database_url, connection)
        yield gate
        gate.open()


class Gate:
    """A closed gate."""

    def __init__(self, database_url: str, connection: "psycopg.Connection[Any]") -> None:
        self._database_url = database_url
        self._connection = connection

    def wait_until_reached(self) -> None:
        """Returns when somebody waits for a lock. Fails when nobody comes."""
        waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        wait_for_rows(self._database_url, waiting)

    def open(self) -> None:
        """Harmless when it is open, or the database is gone."""
        with suppress(psycopg.OperationalError):
            self._connection.rollback()


def wait_for_rows(database_url: str, statement: str) -> None:
    """Returns when the statement finds something. Fails when it does not within a minute."""
    for _ in range(int(PATIENCE_S / _LOOK_AGAIN_S)):
        if ask(database_url, statement):
            return
        threading.Event().wait(_LOOK_AGAIN_S)
    raise AssertionError(f"nothing came of: {statement}")
