"""Where runs take place: one PostgreSQL and one folder for all of them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from desktop.store.book import Book
from server.store.embedded import EmbeddedPostgres
from tests.helpers.databases import Databases
from tests.world.simulator.world.world import Place

# Books commit with a real fsync; on a disk of memory that costs nothing, and nobody here pulls a plug.
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - the folder in it is ours alone, made by mkdtemp


@contextmanager
def own_place() -> Iterator[Place]:
    """A place with a PostgreSQL of its own, for the time of the block."""
    cluster = Path(tempfile.mkdtemp(prefix="tillstamp-simulator-"))
    cluster.chmod(0o755)
    postgres = EmbeddedPostgres(cluster, durable=False)
    try:
        with place_on(Databases(postgres.start())) as place:
            yield place
    finally:
        postgres.erase()
        shutil.rmtree(cluster)


@contextmanager
def place_on(databases: Databases) -> Iterator[Place]:
    """A place on a cluster that is there."""
    folder = Path(tempfile.mkdtemp(prefix="tillstamp-books-", dir=_MEMORY if _MEMORY.is_dir() else None))
    try:
        blank = folder / "blank.db"
        Book.open(blank).close()
        yield Place(databases, folder, blank.read_bytes())
    finally:
        shutil.rmtree(folder)
