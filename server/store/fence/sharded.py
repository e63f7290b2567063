"""The fence on Citus, whose coordinator passes SET LOCAL on to the nodes that hold the rows, and no set_config().

So what one statement does elsewhere is here a statement that finds the merchant, and a flight of settings. Citus goes
to its nodes as the role that is taken (`distribute` lets it log in there), and must know the merchant to find the node:
a generic plan knows it too late.

Which of the two a connection needs is asked once, when it is made.
"""

from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Engine, event, text

from common.ids import MerchantId
from server.store.engine import LOCK_TIMEOUT_MS, in_one_flight
from server.store.fence.role import SERVING_ROLE

_KEPT: Final = "tillstamp_sharded"
_ASK: Final = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"

_FIND = text("SELECT merchant_id FROM token_directory WHERE token_sha256 = :secret_sha256")


def notice_citus(engine: Engine) -> None:
    """Let each connection of this engine know whether it is to a coordinator of Citus."""

    def ask(driver: "psycopg.Connection[Any]", record: Any) -> None:
        driver.autocommit = True
        try:
            found = driver.execute(_ASK).fetchone()
        finally:
            driver.autocommit = False
        record.info[_KEPT] = found is not None and bool(found[0])

    event.listen(engine, "connect", ask)


def is_sharded(connection: Connection) -> bool:
    """Whether this connection is to a coordinator of Citus."""
    return bool(connection.info.get(_KEPT))


def enter_sharded_by_secret(connection: Connection, secret_sha256: bytes) -> MerchantId | None:
    """As `entrance.enter_by_secret`."""
    merchant_id: MerchantId | None = connection.execute(_FIND, {"secret_sha256": secret_sha256}).scalar()
    if merchant_id is not None:
        enter_sharded(connection, merchant_id)
    return merchant_id


def enter_sharded(connection: Connection, merchant_id: MerchantId) -> None:
    """As `entrance.enter`."""
    with in_one_flight(connection):
        for setting in (
            "citus.propagate_set_commands = 'local'",
            f"ROLE {SERVING_ROLE}",
            # SET takes no parameters. It is a UUID, whatever it was read from.
            f"tillstamp.merchant_id = '{merchant_id!s}'",
            f"lock_timeout = {LOCK_TIMEOUT_MS}",
            "plan_cache_mode = 'force_custom_plan'",
        ):
            connection.execute(text(f"SET LOCAL {setting}"))
