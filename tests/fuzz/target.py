"""What is fuzzed over HTTP: the real server on loopback, over a database of its own, with a till and some cards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Engine, text

from common.clock import SystemClock
from server.store import migrate
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.helpers.real_hub import running_hub
from tests.helpers.shop import Shop, WireTill

_TERMS: Final = 'cooldown_minutes = 0\ndaily_limit = 1000\npin_policy = "off"'
_CARDS: Final = 5


@dataclass
class Target:
    """The running server, and a till of it that every case speaks as."""

    url: str
    engine: Engine
    till: WireTill
    cards: list[UUID]

    def forget_wrong_codes(self) -> None:
        """Ten of them an hour are a limit, and here only in the way."""
        with self.engine.begin() as connection:
            connection.execute(text("DELETE FROM enrolment_attempts"))


@contextmanager
def running_target(databases: Databases, folder: Path) -> Iterator[Target]:
    """The target for the time of the block."""
    url = databases.make(migrate.upgrade)
    with running_hub(url, folder, SystemClock()) as hub:
        shop = Shop.open(hub.engine, ManualClock(SystemClock().now()), terms=_TERMS)
        till = shop.till()
        yield Target(hub.url, hub.engine, till, [till.card() for _ in range(_CARDS)])
    databases.drop(url)
