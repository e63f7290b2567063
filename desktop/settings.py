"""What a person may set on one till: where its data lies, and how fast its scanner is.

The shop's rules are not here; they come from the server. The file is `settings.toml` in the data folder, and a till
needs none:

    scanner_gap_ms = 50     # 20 to 100; widen it only if scans are missed
    scanner_prefix = "]Q1"  # what the scanner types before each code, if it does
    scanner_suffix = ""     # and behind it, before Enter or Tab
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

from desktop.trouble import KnownTrouble

SCANNER_GAP_BOUNDS_MS: Final = (20, 100)
SCANNER_AFFIX_MAX: Final = 16
FILE_BYTES_MAX: Final = 64 * 1024
_KNOWN: Final = ("scanner_gap_ms", "scanner_prefix", "scanner_suffix")


class SettingsInvalid(KnownTrouble):
    """The settings file cannot be used. `problem` says in words what is wrong with it, and where."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class DataDirInvalid(KnownTrouble):
    """What was named as the till's data folder is something else, or cannot be one."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


@dataclass(frozen=True, slots=True)
class Settings:
    """A till's own settings.

    Attributes:
        data_dir: the book, and secrets where there is no keyring.
        scanner_gap_ms: the longest pause between two keys of one scan.
        scanner_prefix, scanner_suffix: what the scanner types around each code.
    """

    data_dir: Path
    scanner_gap_ms: int = 50
    scanner_prefix: str = ""
    scanner_suffix: str = ""

    @property
    def book_path(self) -> Path:
        return self.data_dir / "till.db"


def load_settings(data_dir: Path | None = None) -> Settings:
    """The settings of the till whose data lies in `data_dir`; None: where the system keeps a user's data.

    Raises SettingsInvalid, DataDirInvalid.
    """
    folder = (data_dir or platformdirs.user_data_path("tillstamp", appauthor=False)).expanduser().absolute()
    path = folder / "settings.toml"
    try:
        values = tomllib.loads(_text(path))
    except (FileNotFoundError, NotADirectoryError) as error:
        # Windows says of a file in a folder's place that there is no settings file in it.
        if isinstance(error, NotADirectoryError) or folder.is_file():
            raise DataDirInvalid(folder) from error
        return Settings(folder)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsInvalid(path, str(error)) from error
    except (ValueError, RecursionError) as error:
        raise SettingsInvalid(path, "it holds a number that is too long, or brackets in too many others") from error
    unknown = sorted(values.keys() - set(_KNOWN))
    if unknown:
        raise SettingsInvalid(path, f"there is no setting {unknown[0]!r}; there is {', '.join(_KNOWN)}")
    gap = values.get("scanner_gap_ms", 50)
    low, high = SCANNER_GAP_BOUNDS_MS
    if not isinstance(gap, int) or isinstance(gap, bool) or not low <= gap <= high:
        raise SettingsInvalid(path, f"scanner_gap_ms is a whole number of {low} to {high}, not {gap!r}")
    for name in ("scanner_prefix", "scanner_suffix"):
        affix = values.get(name, "")
        if not isinstance(affix, str) or len(affix) > SCANNER_AFFIX_MAX or not affix.isprintable():
            raise SettingsInvalid(
                path, f"{name} is a text of at most {SCANNER_AFFIX_MAX} visible characters, not {affix!r}"
            )
    return Settings(folder, gap, values.get("scanner_prefix", ""), values.get("scanner_suffix", ""))


def _text(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(FILE_BYTES_MAX + 1)
    if len(raw) > FILE_BYTES_MAX:
        raise SettingsInvalid(path, "it is too large to be a settings file")
    return raw.decode("utf-8")
