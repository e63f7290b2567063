"""What every test has: guards over leftovers, and the databases of this worker's own PostgreSQL."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from server.store.embedded import EmbeddedPostgres
from tests.helpers.databases import Databases
from tests.helpers.leftovers import no_leaked_threads, no_stray_logs

# Before anything imports Qt: the suite needs no display and opens no window on one.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No deadline per example: two cores shared with a database are no stopwatch.
settings.register_profile("tillstamp", deadline=None, print_blob=True)
settings.load_profile("tillstamp")

WINDOW_TESTS = Path(__file__).parent / "desktop" / "ui"
WINDOW_FIXTURES = {"qtbot", "qapp"}


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Without pytest-qt (`-p no:pytest-qt`, where Qt's libraries are missing) nobody else would know its settings."""
    if not pluginmanager.hasplugin("pytest-qt"):
        for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "read by pytest-qt", type="linelist")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves the tests of the window out where Qt cannot start; already importing them would fail."""
    without_qt = not config.pluginmanager.hasplugin("pytest-qt")
    return True if without_qt and collection_path.is_relative_to(WINDOW_TESTS) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what needs Qt, by its place or its fixtures, and leaves it out where Qt cannot start."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if item.path.is_relative_to(WINDOW_TESTS) or WINDOW_FIXTURES.intersection(fixtures):
            item.add_marker("qt")
    if not config.pluginmanager.hasplugin("pytest-qt"):
        left_out = [item for item in items if item.get_closest_marker("qt")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("qt")]


@pytest.fixture(scope="session", autouse=True)
def _structlog_through_logging() -> None:
    """Log lines of ours reach the guard and `caplog` like everybody's."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.processors.KeyValueRenderer(key_order=["event"])],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


@pytest.fixture(autouse=True)
def _no_leftovers(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test fails that leaves a thread running, or logs at WARNING or above without the marker `logs`."""
    expected = request.node.get_closest_marker("logs") is not None
    with no_leaked_threads(), no_stray_logs(expected=expected):
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of this worker's own PostgreSQL: real, but a commit does not wait for the disk."""
    # Where PostgreSQL's system user may enter, and short: pytest's own folders are closed, and deep.
    folder = Path(tempfile.mkdtemp(prefix="tillstamp-tests-"))
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder, durable=False)
    try:
        yield postgres.start()
    finally:
        postgres.erase()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Databases:
    """Makes and drops databases; for fixtures that live longer than one test."""
    return Databases(postgres_url)


@pytest.fixture
def fresh_database(databases: Databases) -> Iterator[Callable[..., str]]:
    """`fresh_database(upgrade)` gives the address of a new database, migrated by `upgrade`; dropped after the test."""
    made: list[str] = []

    def make(upgrade: Callable[[str], object] | None = None) -> str:
        made.append(databases.make(upgrade))
        return made[-1]

    yield make
    for url in made:
        databases.drop(url)
