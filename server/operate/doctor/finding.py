"""What a check found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How it stands. BAD: tills are not served, or data is in danger; WARN: it will be, or somebody should know."""

    OK = "OK"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's.

    Attributes:
        check: what was looked at, in a word.
        says: what was found.
        advice: what to do about it; empty where there is nothing to do, or where `says` ends with it.
    """

    check: str
    level: Level
    says: str
    advice: str = ""


def fine(check: str, says: str) -> Finding:
    return Finding(check, Level.OK, says)


def warn(check: str, says: str, advice: str = "") -> Finding:
    return Finding(check, Level.WARN, says, advice)


def bad(check: str, says: str, advice: str = "") -> Finding:
    return Finding(check, Level.BAD, says, advice)
