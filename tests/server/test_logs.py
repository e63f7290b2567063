"""The log is structured, and never quotes what PostgreSQL quotes of a row."""

import json
import subprocess
import sys

from server.logs import without_quoted_rows

LOGGING = """
import logging, structlog
from server.logs import configure_logs
configure_logs()
structlog.get_logger("server.test").info("a till enrolled", till_number=17)
logging.getLogger("somebody.else").warning("of a library")
logging.getLogger("uvicorn.error").info("not this")
try:
    raise ValueError("duplicate key\\nDETAIL:  Key (code)=(TS1-SECRET) already exists.\\n[parameters: ('4821',)]")
except ValueError:
    structlog.get_logger("server.test").exception("a bug")
"""


def test_lines_of_ours_and_of_libraries_are_json() -> None:
    ran = subprocess.run([sys.executable, "-c", LOGGING], capture_output=True, text=True, check=True)
    assert ran.stdout == ""
    ours, library, bug = (json.loads(line) for line in ran.stderr.splitlines())
    assert (ours["event"], ours["till_number"], ours["level"], ours["logger"]) == (
        "a till enrolled",
        17,
        "info",
        "server.test",
    )
    assert ours["timestamp"].endswith("Z")
    assert (library["event"], library["level"]) == ("of a library", "warning")
    assert "ValueError: duplicate key" in bug["exception"]
    assert "SECRET" not in ran.stderr
    assert "4821" not in ran.stderr


def test_only_quoted_rows_are_cut_out() -> None:
    event = {"event": "a bug", "exception": "Error: no\n  DETAIL:  Key (a)=(b)\nHINT: look"}
    assert without_quoted_rows(None, "error", event)["exception"] == "Error: no\n  (left out)\nHINT: look"
    for quoting in (
        "KeyError: 'Zoe'",
        'DataError: invalid input syntax for type uuid: "Zoe"',
        "CONTEXT:  JSON data, line 1: [{name:Zoe",
        "  Input should be a string [type=string_type, input_value=Zoe, input_type=str]",
        "ValueError: invalid literal for int(): 'it\\'s Zoe'",
    ):
        cut = without_quoted_rows(None, "error", {"exception": quoting})["exception"]
        assert "Zoe" not in cut
        assert "(left out)" in cut
    frames = '  File "server/sync/known.py", line 3, in keep\n    raise KeyError("key")\n          ~~~^^^'
    assert without_quoted_rows(None, "error", {"exception": frames})["exception"] == frames
    assert without_quoted_rows(None, "info", {"event": "DETAIL: x"}) == {"event": "DETAIL: x"}
