"""Announcing what a transaction brought: by NOTIFY, right after its commit, on the same connection.

Not inside the transaction, which would be one statement less: PostgreSQL lets transactions that notify commit only one
after the other, in the whole cluster, and each holds the others up until it is on the disk. Eight merchants that wrote
at once, each commit waiting 5 ms for its disk, did so 980 times a second without NOTIFY, 910 times with it after the
commit, and 175 times with it inside. A NOTIFY alone waits for no disk.

A process that dies between commit and NOTIFY has announced nothing. That costs what every lost wake-up costs: the tills
learn it with their next pull.
"""

import logging
from typing import Any, Final, cast

import psycopg
from sqlalchemy import Connection

from common.ids import MerchantId, TillId

CHANNEL: Final = "tillstamp_changed"

_KEPT: Final = "tillstamp_announcements"
_NOTIFY: Final = "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload"

_log = logging.getLogger(__name__)


def announce_version(connection: Connection, merchant_id: MerchantId, ver: int) -> None:
    """After this transaction's commit, tell whoever listens for the merchant that its version is `ver`."""
    _keep(connection, f"{merchant_id} {ver}")


def announce_till(connection: Connection, merchant_id: MerchantId, till_id: TillId) -> None:
    """After this transaction's commit, let this till's streams look again whether they still may."""
    _keep(connection, f"{merchant_id} {till_id}")


def forget(connection: Connection) -> None:
    """Drop what an attempt that was rolled back would have announced."""
    connection.info.pop(_KEPT, None)


def deliver(connection: Connection) -> None:
    """Announce what the transaction that was just committed has to say.

    Never raises: what is committed is done, whatever becomes of its news. Costs a statement only where there is news.
    """
    payloads: list[str] | None = connection.info.pop(_KEPT, None)
    if not payloads:
        return
    # Past SQLAlchemy, which would begin a transaction around it: three journeys to the database instead of one.
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    try:
        driver.autocommit = True
        try:
            driver.execute(_NOTIFY, (CHANNEL, payloads))
        finally:
            if not driver.closed:
                driver.autocommit = False
    except psycopg.Error as error:
        _log.info("a change was not announced (%s); tills learn it with their next pull", type(error).__name__)
        connection.invalidate(error)


def _keep(connection: Connection, payload: str) -> None:
    connection.info.setdefault(_KEPT, []).append(payload)
