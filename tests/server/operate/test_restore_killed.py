"""`kill -9` of a restore, between any two of its steps: no server starts on what is left, and begun again it ends."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from common.ids import MerchantId
from server.database import Database
from server.incarnation import read_incarnation
from server.operate.audit.run import audit
from server.operate.backup import back_up
from server.operate.restore import restore
from server.serving import serving
from server.settings import Settings
from server.store.recovery import recoveries
from server.trouble import NotPossible
from tests.helpers.clock import ManualClock
from tests.server.operate.dying_restore import STEPS
from tests.server.operate.honest_ledger import sell


@pytest.mark.parametrize("step", STEPS)
def test_a_restore_that_is_killed_is_begun_again(fresh_database: Callable[..., str], tmp_path: Path, step: str) -> None:
    url, file, data_dir = fresh_database(), tmp_path / "shop.backup", tmp_path / "data"
    sell(url)
    back_up(Database(url, None), file)
    life = read_incarnation(data_dir, ManualClock())
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE merchant_versions SET ver = ver + 7"))

    died = subprocess.run(
        [sys.executable, "-m", "tests.server.operate.dying_restore", url, data_dir, file, step],
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    with pytest.raises(NotPossible, match="did not finish"), serving(data_dir):
        pass

    # Not refused, although the database may still be newer than the backup: that was meant the first time.
    restored = restore(Settings(data_dir=data_dir), Database(url, None), file, ManualClock(), force=False)
    with serving(data_dir):
        pass
    assert restored.incarnation == read_incarnation(data_dir, ManualClock()) != life
    assert audit(engine).holds
    with engine.connect() as connection:
        (merchant,) = connection.execute(text("SELECT merchant_id FROM merchants")).all()
        merchant_id = MerchantId(merchant.merchant_id)
        (recovery,) = recoveries.standings(connection, merchant_id)
        assert recovery.ended_at is None
        # A till that comes when all is over shows receipts of that life: it is known to have ended.
        assert recoveries.lives_before(connection, merchant_id) == {life}
