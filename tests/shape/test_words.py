"""The repository speaks of the product, and never of the machine or the desk it was written at."""

import re

from tests.shape.source import files, named

# Put together here, so that this file does not name what it forbids.
FORBIDDEN = {
    "a folder of somebody's machine": r"(?<![\w.])/(?:" + "wo" + r"rk|home/\w+|root/\w+|tmp/w|opt/(?:pypi|wheels))/",
    "a register of packages that is not public": "pypi" + "-more",
    "who wrote it, and when": "helper " + "session|sub" + "agent|language " + "model",
    "a brief": "HOUSE" + r"\.md|DESIGN" + r"\.md|\.\./" + "shared",
    "work left over": r"TO" + r"DO|FIX" + r"ME|\bXX" + r"X\b",
}
BINARY = {".png", ".db", ".ico", ".woff2", ".wav", ".mo"}


def test_only_the_product_is_spoken_of() -> None:
    found = [
        f"{named(path)}: {what}: {match[0]}"
        for path in files()
        if path.suffix not in BINARY and path.name != "requirements.lock"
        for what, pattern in FORBIDDEN.items()
        for match in re.finditer(pattern, path.read_text(errors="replace"))
    ]
    assert found == []
