"""The one place that says which Tillstamp this is."""

import re
from typing import Final

VERSION: Final = "0.1.0"

_NUMBERS: Final = re.compile(r"\d{1,9}(\.\d{1,9}){0,3}")


def is_newer(version: str, than: str = VERSION) -> bool:
    """Whether a version comes after another one: 0.10.0 after 0.9.1. What is no version is not newer."""
    if not _NUMBERS.fullmatch(version) or not _NUMBERS.fullmatch(than):
        return False
    return _parts(version) > _parts(than)


def _parts(version: str) -> list[int]:
    """Of equal length, so that 1.0 is no older than 1.0.0."""
    said = [int(part) for part in version.split(".")]
    return said + [0] * (4 - len(said))
