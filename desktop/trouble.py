"""Known trouble: what can go wrong with a till's surroundings, each told to the person in front of it in words.

Two trees, never mixed. A `KnownTrouble` is nobody's mistake in the program: a full disk, a second window, a keyring
out of reach. `desktop.present.sentences` has one sentence for each, and the work goes on or stops as that sentence
says. Every other exception is a bug: it stays loud, with its traceback. What a rule forbids is neither; it is a value
(`common.rules.refusals.Refused`).
"""

from pathlib import Path


class KnownTrouble(Exception):
    """Trouble that a person can be told about and, most often, do something about."""


class BookTrouble(KnownTrouble):
    """The till's book cannot be used as it is."""

    def __init__(self, path: Path, cause: str = "") -> None:
        super().__init__(f"{path}: {cause}" if cause else str(path))
        self.path = path
        self.cause = cause


class BookInUse(BookTrouble):
    """Another process of this till holds the book."""


class BookMissing(BookTrouble):
    """There is no book where one was to be read."""


class BookTooNew(BookTrouble):
    """A newer program wrote the book. It is left untouched."""


class BookDamaged(BookTrouble):
    """The file is no book, or parts of it cannot be read."""


class BookUnwritable(BookTrouble):
    """The system does not let us write: rights, a read-only disk, a failing one."""


class DiskFull(BookTrouble):
    """No room for what was to be recorded. Nothing of it was."""


class UpgradeFailed(BookTrouble):
    """The book could not be brought to this program's version; it is as it was."""


class NotEnrolled(KnownTrouble):
    """The till belongs to no shop yet."""


class NotSyncedYet(KnownTrouble):
    """The till is enrolled, but never received the shop's rules."""


class SecretsUnreachable(KnownTrouble):
    """The till's token and PIN key are not at hand."""


class KeyringUnreachable(SecretsUnreachable):
    """The system's keyring, where they are kept, is locked or does not answer."""


class SecretsUnreadable(SecretsUnreachable):
    """The file that they are kept in is there, and the system does not let us read it."""

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.path = path
        self.cause = cause


class SecretsUnwritable(KnownTrouble):
    """The file that they were to be kept in cannot be written."""

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.path = path
        self.cause = cause


class SecretsMissing(KnownTrouble):
    """The place that keeps the till's secrets is there, but holds none for this till."""


class NoDisplay(KnownTrouble):
    """There is no display to open a window on."""
