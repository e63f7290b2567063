"""What is chosen in the window: how it looks, speaks and sounds on this till.

Kept in `preferences.json` in the data folder, which the window writes and nobody edits; what a person sets by hand is
in `settings.toml`. A file that cannot be read is no trouble to a queue of customers: the defaults stand, and the next
choice writes it anew.
"""

import json
import os
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from desktop.trouble import KnownTrouble

LOCK_MINUTES: Final = (1, 2, 5, 10, 30)
"""What the settings offer for the time after which a till that nobody touches asks again who is working."""


class PreferencesUnwritable(KnownTrouble):
    """What was chosen cannot be kept."""

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.path = path
        self.cause = cause


class Look(StrEnum):
    """The colours of the window; SYSTEM follows the desktop's own choice."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class TextSize(StrEnum):
    """How large the window's texts are."""

    NORMAL = "normal"
    LARGE = "large"
    LARGER = "larger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The choices of one till.

    Attributes:
        language: code of a language; empty for the system's.
        stamp_on_scan: a scanned card gets its stamp at once.
        lock_minutes: nobody touched the till for so long: the next act asks who is working.
        kiosk: the window fills the screen.
        printer: where slips are printed: `host:port`, or a device's path; empty for nowhere.
    """

    language: str = ""
    look: Look = Look.SYSTEM
    text_size: TextSize = TextSize.NORMAL
    sound: bool = True
    stamp_on_scan: bool = False
    lock_minutes: int = 10
    kiosk: bool = False
    printer: str = ""


_MINUTES_MAX: Final = 1_440
_CHARACTERS_MAX: Final = 500


def read_preferences(folder: Path) -> Preferences:
    """The choices kept in this data folder; the default of each that is missing or makes no sense."""
    try:
        said = json.loads(_file(folder).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Preferences()
    if not isinstance(said, dict):
        return Preferences()
    known = {field.name: _value(field.default, said.get(field.name)) for field in fields(Preferences)}
    return Preferences(**known)


def write_preferences(folder: Path, preferences: Preferences) -> None:
    """Keep these choices: all of them or, when that fails, those of before. Raises PreferencesUnwritable."""
    path = _file(folder)
    new = path.with_suffix(".new")
    try:
        with new.open("w", encoding="utf-8") as file:
            json.dump(asdict(preferences), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise PreferencesUnwritable(path, error.strerror or str(error)) from error


def _file(folder: Path) -> Path:
    return folder / "preferences.json"


def _value(default: Any, said: Any) -> Any:
    """What was kept, if it is of the default's kind, else the default."""
    if isinstance(default, StrEnum):
        return type(default)(said) if isinstance(said, str) and said in set(type(default)) else default
    # A true is an int to Python, and no number of minutes.
    if type(said) is not type(default):
        return default
    if isinstance(said, int) and not isinstance(said, bool):
        return said if 1 <= said <= _MINUTES_MAX else default
    return default if isinstance(said, str) and len(said) > _CHARACTERS_MAX else said
