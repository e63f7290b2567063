"""The workshop: a folder and a durable PostgreSQL for as long as a benchmark needs them, and nothing left behind."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.store import migrate
from server.store.embedded import EmbeddedPostgres
from tests.helpers.databases import Databases


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder on the disk where the project is, and a cluster whose commits wait for that disk."""

    folder: Path
    databases: Databases

    def database(self) -> str:
        """The address of a new database of ours; it goes with the workshop."""
        return self.databases.make(migrate.upgrade)

    def foreign_database(self) -> str:
        """The address of a new, empty database in the same cluster."""
        return self.databases.make()


@contextmanager
def workshop() -> Iterator[Workshop]:
    # Where PostgreSQL's system user may enter, and short: a socket's path has 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="tillstamp-bench-"))
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder, durable=True)
    try:
        yield Workshop(folder, Databases(postgres.start()))
    finally:
        postgres.erase()
        shutil.rmtree(folder)
