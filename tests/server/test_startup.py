"""What a command loads, seen in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from server.store import migrate

SOURCES = Path(__file__).parents[2]

# Does a command as its own process would, and says on standard error what was loaded for it.
COMMAND = """
import json, sys
from server.__main__ import main
sys.argv = ["tillstamp-server", *sys.argv[1:]]
try:
    main()
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""

FOR_SERVING = {"fastapi", "prometheus_client", "starlette", "structlog", "uvicorn"}


@pytest.mark.parametrize("words", [("audit",), ("tills", "list"), ("doctor",)])
def test_a_command_that_serves_nothing_loads_no_http(
    fresh_database: Callable[..., str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    environment = os.environ | {
        "TILLSTAMP_DATABASE_URL": fresh_database(migrate.upgrade),
        "TILLSTAMP_DATA_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=SOURCES,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(done.stderr))
    assert loaded & {*FOR_SERVING, "alembic"} == set()
    assert {"sqlalchemy", "psycopg", "server"} <= loaded, "the list would also be clean if nothing had been done"
