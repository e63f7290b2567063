"""Where the frozen messages lie, and how they are read."""

import json
from pathlib import Path
from typing import Any, Final

PROTOCOL_1: Final = Path(__file__).parent / "protocol_1"
DIGESTS: Final = "content_digests"


def names() -> list[str]:
    """Every message of protocol 1, by the name of its file."""
    return sorted(path.stem for path in PROTOCOL_1.glob("*.json") if path.stem != DIGESTS)


def read(name: str) -> Any:
    """The sample as JSON; each call gives a fresh copy."""
    return json.loads((PROTOCOL_1 / f"{name}.json").read_text(encoding="utf-8"))


def card_digest() -> Any:
    """Rows as a till keeps them, each with its canonical text and hash."""
    return json.loads((PROTOCOL_1.parent / "card_digest.json").read_text(encoding="utf-8"))
