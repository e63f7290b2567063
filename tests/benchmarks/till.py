"""Tills with a real book: enrolled at a hub, filled by the real exchange."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.clock import SystemClock
from common.ids import StaffId, TillId
from common.wire.pull import PULL_LIMIT_MAX
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp_scanned
from desktop.secrets import FileSecrets, TillSecrets
from desktop.settings import Settings
from desktop.store.book import Book
from desktop.store.identity import SecretsPlace
from desktop.sync.connect import connect
from desktop.sync.enrol import enrol_till
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Enrolled, Pulled
from tests.benchmarks.hub import Hub

CLOCK = SystemClock()


@contextmanager
def new_till(hub: Hub, folder: Path) -> Iterator[tuple[Till, Exchange]]:
    """A till that was enrolled a moment ago and has nothing yet; its data lies in `folder`."""
    folder.mkdir()
    settings, secrets, address = Settings(folder), FileSecrets(folder / "secrets"), ServerAddress(hub.url)
    kept: list[TillSecrets] = []

    def keep(till_id: TillId, given: TillSecrets) -> SecretsPlace:
        secrets.save(till_id, given)
        kept.append(given)
        return SecretsPlace.FILE

    with Book.open(settings.book_path) as book:
        link = Link(address, None, CLOCK)
        try:
            code = hub.enrolment_code(folder.name)
            enrolled = enrol_till(book, link, CLOCK, server=address, code=code, keep_secrets=keep)
        finally:
            link.close()
        if not isinstance(enrolled, Enrolled):
            raise TypeError(f"the till could not be enrolled: {enrolled}")
        exchange = connect(book, kept[0].token, CLOCK)
        try:
            yield Till(book, CLOCK, kept[0]), exchange
        finally:
            exchange.close()


def pull_all(exchange: Exchange) -> None:
    """Every page of the feed, the last one committed."""
    while True:
        outcome = exchange.pull(PULL_LIMIT_MAX)
        if not isinstance(outcome, Pulled):
            raise TypeError(f"a pull failed: {outcome}")
        if not outcome.more:
            return


def stamp_or_fail(till: Till, hub: Hub, token: str) -> None:
    """One local act: look up by token, judge, commit."""
    done = stamp_scanned(till, By(StaffId(hub.shop.staff["Ben"])), token)
    if not isinstance(done, Recorded):
        raise TypeError(f"a stamp was not recorded: {done}")
