"""A backup on a new machine: nothing of the old one is there but the file."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from server.database import Database
from server.operate.audit.run import audit
from server.operate.backup import back_up
from server.operate.doctor.database import check_fence
from server.operate.doctor.finding import Level
from server.operate.restore import restore
from server.settings import Settings
from server.store.embedded import EmbeddedPostgres
from tests.helpers.clock import ManualClock
from tests.server.operate.honest_ledger import sell


@pytest.fixture
def new_machine() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that no Tillstamp has seen, in a folder where its own user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="tillstamp-new-"))
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder, durable=False)
    yield postgres
    postgres.erase()
    shutil.rmtree(folder)


def test_a_backup_is_restored_on_a_new_machine(
    fresh_database: Callable[..., str], new_machine: EmbeddedPostgres, tmp_path: Path
) -> None:
    url = fresh_database()
    sell(url)
    back_up(Database(url, None), tmp_path / "shop.backup")
    database = Database(new_machine.start(), new_machine)
    settings = Settings(data_dir=tmp_path / "data")
    restored = restore(settings, database, tmp_path / "shop.backup", ManualClock(), force=False)
    assert restored.merchants == ("roast",)
    engine = create_engine(database.url, poolclass=NullPool)
    assert audit(engine).holds
    with engine.connect() as connection:
        assert check_fence(connection).level is Level.OK
        analysed = connection.execute(text("SELECT count(*) FROM pg_stats WHERE tablename = 'operations'")).scalar_one()
        assert analysed, "whoever asks first would be planned for an empty database"
