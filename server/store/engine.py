"""Connections to PostgreSQL, and the one place where a transaction begins, is tried again, and commits."""

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg
import pydantic_core
from psycopg import errors
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.store.wake.announce import deliver, forget

Result = TypeVar("Result")

LOCK_TIMEOUT_MS: Final = 5_000
_ATTEMPTS: Final = 8
_PAUSE_S: Final = 0.02

# What may be answered by doing the whole transaction again: another one was in the way, and is now done.
_TRY_AGAIN: Final = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
# The last two: a pool gave us a session that does not know our statements' names. That is about no operation, and must
# not park one (sync/parking/apart.py); docs/scaling.md says what to set.
_BUSY: Final = (errors.LockNotAvailable, errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement)
_BROKEN_CLASSES: Final = ("08", "53", "57P", "58")
"""SQLSTATEs of a broken connection, no room or memory, a server that stops or starts, and a disk that fails. None of
them is about what was asked, and all of them end."""


class DatabaseBusy(Exception):
    """The database cannot serve this now; the same request may go through in a moment."""


# psycopg prepares what it sends for the sixth time.
_PREPARE_AFTER: Final = 5


def make_engine(url: str, *, pool_size: int = 20, prepares: bool = True) -> Engine:
    """An engine for `url`. Connections are checked before use, so that a restarted database is found again.

    Nothing that a transaction does outlasts it, so that a pool between us and PostgreSQL may hand each transaction
    another session; but for the names of prepared statements, unless `prepares` is off.
    """
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=LOCK_TIMEOUT_MS / 1_000,
        pool_pre_ping=True,
        # What was sent to the database may be a customer's name or a card's token, and errors end in logs.
        hide_parameters=True,
        json_serializer=_to_json,
        # Not pydantic's reader: it refuses half a character, which the content of a broken operation may hold.
        json_deserializer=json.loads,
        connect_args={"connect_timeout": 5, "prepare_threshold": _PREPARE_AFTER if prepares else None},
    )


def _to_json(value: Any) -> str:
    return pydantic_core.to_json(value).decode()


_LOCK_TIMEOUT: Final = text("SELECT set_config('lock_timeout', :lock_timeout, true)")


def limit_lock_waits(connection: Connection) -> None:
    """Let every wait for a lock in this transaction end after LOCK_TIMEOUT_MS, as DatabaseBusy."""
    connection.execute(_LOCK_TIMEOUT, {"lock_timeout": str(LOCK_TIMEOUT_MS)})


@contextmanager
def in_one_flight(connection: Connection) -> Iterator[None]:
    """Statements that return nothing, sent without waiting for one another; at the end of the block all are done.

    For rows that are written while others wait for a lock of ours. Raises DBAPIError with what the first trouble was.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"only psycopg sends statements in one flight, not {type(driver)}")
    trouble: DBAPIError | None = None
    try:
        with driver.pipeline():
            try:
                yield
            except DBAPIError as error:
                # One that came while others were still being sent. psycopg would log what the rest of the flight says.
                trouble = error
    except psycopg.Error as error:
        # It comes past SQLAlchemy, to which the statement was done when it was sent.
        raise trouble or DBAPIError(None, None, error) from error
    if trouble is not None:
        raise trouble


def in_transaction(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Run `work` in one transaction, commit it, and announce to tills what it changed for them.

    The whole of it is tried again after a serialization failure, a deadlock or a unique violation, so `work` must
    keep nothing from one attempt to the next. Raises DatabaseBusy when a lock, a connection or the server itself is
    not to be had in time.
    """
    for attempt in range(_ATTEMPTS):
        try:
            with engine.connect() as connection:
                forget(connection)
                with connection.begin():
                    result = work(connection)
                deliver(connection)
                return result
        except PoolTimeout as error:
            raise DatabaseBusy from error
        except DBAPIError as error:
            if error.connection_invalidated or _is_busy(error.orig):
                raise DatabaseBusy from error
            if not isinstance(error.orig, _TRY_AGAIN):
                raise
            if attempt == _ATTEMPTS - 1:
                # A key that is taken after all this is a mistake of ours; the rest is a crowd.
                if isinstance(error.orig, errors.UniqueViolation):
                    raise
                raise DatabaseBusy from error
        # Two that collided must not collide again in step.
        time.sleep(random.uniform(0, _PAUSE_S * (attempt + 1)))  # noqa: S311 - a pause, not a secret
    raise AssertionError("unreachable: the last attempt returns or raises")


def _is_busy(error: BaseException | None) -> bool:
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        # A connection that could not be made or broke: the server never answered.
        return isinstance(error, errors.OperationalError)
    return isinstance(error, _BUSY) or error.sqlstate.startswith(_BROKEN_CLASSES)
