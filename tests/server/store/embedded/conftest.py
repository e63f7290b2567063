"""Data directories for embedded clusters, erased with all that they started."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.store.embedded import EmbeddedPostgres


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data directory which PostgreSQL's system user may enter, with a path short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="tillstamp-tests-"))
    folder.chmod(0o755)
    yield folder
    EmbeddedPostgres(folder, durable=False).erase()
    shutil.rmtree(folder)


@pytest.fixture
def postgres(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    """A started database in `data_dir`."""
    with EmbeddedPostgres(data_dir, durable=False) as running:
        yield running
