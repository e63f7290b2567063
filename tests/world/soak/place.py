"""Where a soak happens: PostgreSQL, two workers, the tills and their lines, built and taken down."""

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from common.clock import SystemClock
from desktop.store.book import Book
from server.store.embedded import EmbeddedPostgres
from server.store.engine import make_engine
from server.store.migrate import upgrade
from tests.helpers.real_hub import RealHub
from tests.world.processes.commands import Said, environment, finish
from tests.world.soak.line import Line
from tests.world.soak.small_disk import SmallDisk, has_own_mounts
from tests.world.soak.standby import with_standby
from tests.world.soak.till import SoakedTill
from tests.world.soak.workers import Workers

_TERMS: Final = """
stamps_target = 5
cooldown_minutes = 0
daily_limit = 25
pin_policy = "off"
offline_redemption = "provisional"
"""
"""By which most acts are allowed, and tills that do not hear of each other break the rules now and then."""


@dataclass(slots=True)
class Place:
    """All that runs.

    Attributes:
        folder: everything that anybody writes.
        postgres: the first database, which nobody but the soak keeps running.
    """

    folder: Path
    postgres: EmbeddedPostgres
    database_url: str
    workers: Workers
    tills: list[SoakedTill]
    small_disk: SmallDisk | None = None
    settled: dict[str, list[str]] = field(default_factory=dict)

    @property
    def data_dir(self) -> Path:
        return self.folder / "server"

    def command(self, *words: object) -> Said:
        """One of the server's commands."""
        return finish("server", words, _settings(self.database_url, self.data_dir))

    def server_log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8")


@contextmanager
def own_place(tills: int, chance: random.Random, *, disk_megabytes: int) -> Iterator[Place]:
    """A place with so many tills, enrolled and not yet at work."""
    # Where PostgreSQL's own account may enter, and short.
    folder = Path(tempfile.mkdtemp(prefix="tillstamp-soak-"))
    folder.chmod(0o755)
    data_dir = folder / "server"
    with ExitStack() as closing:
        closing.callback(shutil.rmtree, folder)
        # What it committed must outlive its kill, not the machine's.
        postgres = EmbeddedPostgres(data_dir, durable=False)
        closing.callback(postgres.erase)
        url = postgres.start()
        upgrade(url)
        workers = closing.enter_context(
            Workers(_settings(with_standby(url, data_dir), data_dir), folder / "server.log")
        )
        place = Place(folder, postgres, url, workers, [])
        workers.wait_until_ready()
        for number in range(tills):
            line = closing.enter_context(Line(random.Random(chance.random())))
            line.lead_to(workers.url)
            place.tills.append(SoakedTill(f"till-{number}", folder / f"till-{number}", line, chance))
        if has_own_mounts():
            place.small_disk = closing.enter_context(SmallDisk(place.tills[0].folder, disk_megabytes))
        for till in place.tills:
            closing.callback(till.kill)
        _open_the_shop(place)
        yield place


def _open_the_shop(place: Place) -> None:
    blank = place.folder / "blank.db"
    Book.open(blank).close()
    engine = make_engine(place.database_url)
    try:
        hub = RealHub(place.workers.url, engine, SystemClock())
        hub.open_shop(_TERMS)
        for till in place.tills:
            till.enrol(hub, blank.read_bytes())
    finally:
        engine.dispose()


def _settings(database_url: str, data_dir: Path) -> dict[str, str]:
    return environment(TILLSTAMP_DATABASE_URL=database_url, TILLSTAMP_DATA_DIR=str(data_dir))
