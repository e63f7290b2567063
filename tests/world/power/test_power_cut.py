"""The power goes, at every sync, after every promise and in between: what the screen called done is in the book.

A till works for a while, with the server and without, while what SQLite writes and syncs is noted (`trace.py`). Then,
for each moment that is looked at, its files are built as a disk may hold them after a cut (`disk.py`): all that was
synced; of what was written since, nothing, everything, any sectors, or all but the second half of the last write, the
torn frame at the end of the log. Each is opened as the till would open it.

The write-ahead log is folded into the book after a few dozen pages instead of a thousand, so that the cuts also fall
before, into and behind that, and into a log that begins anew.
"""

import hashlib
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from common.clock import SystemClock
from desktop.cashier.engine import Till
from desktop.main import make_exchange
from desktop.settings import Settings, load_settings
from desktop.store.book import Book
from desktop.sync.outcomes import Exchanged
from server.store.migrate import upgrade
from tests.demo.counter import open_counter
from tests.helpers.databases import Databases
from tests.helpers.real_hub import running_hub
from tests.world.power.disk import Disk, Survivors, any_sectors, everything, nothing, torn
from tests.world.power.trace import Event, Promised, Sync, Write, tracing
from tests.world.processes.steered_till import ACTS_OF_A_CARD, FREE_HANDS, act

ACTS: Final = 3 * ACTS_OF_A_CARD
SYNCED_AT: Final = (25, 45)
FOLDED_AFTER_PAGES: Final = 64
CUTS_BETWEEN: Final = 80

BOOK: Final = "till.db"
LOG: Final = "till.db-wal"


class WatchedBook(Book):
    """A book that notes how it is after each commit."""

    def __init__(self, *known: object) -> None:
        super().__init__(*known)  # type: ignore[arg-type]  # as `Book.open` calls it
        self.states: list[str] = []

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        with super().write() as connection:
            yield connection
        self.states.append(state_of(self))


@dataclass(frozen=True, slots=True, repr=False)
class Day:
    """What a till did, and what was written of it.

    Attributes:
        before: the book's file, closed, as the day found it.
        events: what was written and promised, in its order.
        states: the content of the book after each commit, the first of which changed nothing.
        promises: of each act that was reported done its key, and which of the states has it first.
    """

    before: bytes
    events: tuple[Event, ...]
    states: list[str]
    promises: dict[str, int]


def state_of(book: Book) -> str:
    """The content of every table, in a few letters."""
    content = hashlib.sha256()
    with book.read() as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
        for (table,) in tables:
            rows = sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))
            content.update("\n".join([table, *rows]).encode())
    return content.hexdigest()


@pytest.fixture(scope="module")
def day(databases: Databases, blank_book: bytes, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Sixty acts, with an exchange after the twenty-fifth and the forty-fifth."""
    settings = load_settings(tmp_path_factory.mktemp("till"))
    settings.book_path.write_bytes(blank_book)
    url = databases.make(upgrade)
    with running_hub(url, tmp_path_factory.mktemp("hub"), SystemClock()) as hub:
        hub.open_shop(FREE_HANDS)
        with open_counter(settings.data_dir, SystemClock()) as counter:
            counter.enrol(hub.url, hub.code())
            counter.sync()
        day = live(settings)
    databases.drop(url)
    return day


def live(settings: Settings) -> Day:
    before = settings.book_path.read_bytes()
    with tracing() as trace, WatchedBook.open(settings.book_path) as book:
        with book.write() as connection:
            connection.execute(f"PRAGMA wal_autocheckpoint = {FOLDED_AFTER_PAGES}")
        till = Till(book, SystemClock())
        promises: dict[str, int] = {}
        for turn in range(ACTS):
            key = str(act(till, turn).key)
            trace.promised(key)
            promises[key] = len(book.states) - 1
            if turn + 1 in SYNCED_AT:
                sync(till, settings)
        assert settings.book_path.with_name(f"{BOOK}-shm").exists(), "SQLite found its way through the tracing"
        # As it is now, with the log beside the book: nobody closes a book before the power goes.
        return Day(before, tuple(trace.events), book.states, promises)


def sync(till: Till, settings: Settings) -> None:
    exchange = make_exchange(till, settings)
    try:
        assert isinstance(exchange.fully(), Exchanged)
    finally:
        exchange.close()


def cuts(day: Day, survivors: Survivors, at: Callable[[int, Event], bool], folder: Path) -> int:
    """Cut the power after each event that `at` says, and look at the book each time. How often that was."""
    disk = Disk({BOOK: bytearray(day.before)})
    count = 0
    for place, event in enumerate(day.events):
        disk.pass_on(event)
        if at(place, event):
            count += 1
            after_the_cut(day, disk, survivors, folder / "cut")
    return count


def after_the_cut(day: Day, disk: Disk, survivors: Survivors, folder: Path) -> None:
    """The book is whole, is as some commit left it, and has every act that was reported done."""
    folder.mkdir()
    disk.lose_power(survivors, folder)
    with Book.open(folder / BOOK) as book:
        with book.read() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            keys = {key for (key,) in connection.execute("SELECT key FROM operations")}
        lost = [key for key in disk.promised if key not in keys]
        assert lost == [], f"{len(lost)} of {len(disk.promised)} acts that were reported done are gone"
        state = state_of(book)
    assert state in day.states, "the book is as no commit left it: something is there by half"
    newest = day.promises[disk.promised[-1]] if disk.promised else 0
    assert day.states.index(state) >= newest
    shutil.rmtree(folder)


def test_what_was_synced_is_enough(day: Day, tmp_path: Path) -> None:
    """After every sync, and of what was written since nothing."""
    assert cuts(day, nothing, lambda _, event: isinstance(event, Sync), tmp_path) > ACTS


@pytest.mark.guards(name="synchronous=FULL")
@pytest.mark.parametrize("survivors", [nothing, torn])
def test_what_was_promised_is_there(day: Day, tmp_path: Path, survivors: Survivors) -> None:
    """Right after each act was reported done."""
    assert cuts(day, survivors, lambda _, event: isinstance(event, Promised), tmp_path) == ACTS


@pytest.mark.parametrize("survivors", [everything, torn, any_sectors(random.Random(1))], ids=["all", "torn", "any"])
def test_a_cut_between_two_writes(day: Day, tmp_path: Path, survivors: Survivors) -> None:
    """At any moment, with all of what was not synced, with its last frame torn, or with any sectors of it."""
    places = {place for place, event in enumerate(day.events) if isinstance(event, Write)}
    chosen = set(random.Random(0).sample(sorted(places), CUTS_BETWEEN))
    assert cuts(day, survivors, lambda place, _: place in chosen, tmp_path) == CUTS_BETWEEN


def test_a_sync_reaches_the_disk() -> None:
    """SQLite can be built so that it asks nobody."""
    connection = sqlite3.connect(":memory:")
    assert ("NO_SYNC",) not in connection.execute("PRAGMA compile_options").fetchall()
    connection.close()


def test_the_day_had_all_that_matters(day: Day) -> None:
    """The log was folded into the book and begun anew, many times, and verdicts and pages were written too."""
    writes = [event for event in day.events if isinstance(event, Write)]
    assert sum(event.file == LOG and event.offset == 0 for event in writes) > 5, "how often the log was begun"
    assert sum(event == Sync(BOOK) for event in day.events) > 5, "how often it was folded into the book"
    assert len(day.states) > ACTS + len(SYNCED_AT)
    assert len(set(day.states)) > ACTS


def test_a_disk_that_only_says_it_synced_loses_what_was_promised(day: Day, tmp_path: Path) -> None:
    """So that the tests above can fail."""
    lying = replace(day, events=tuple(event for event in day.events if event != Sync(LOG)))
    with pytest.raises(AssertionError, match="are gone"):
        cuts(lying, nothing, lambda _, event: isinstance(event, Promised), tmp_path)
