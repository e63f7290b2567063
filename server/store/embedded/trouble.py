"""What can go wrong with the embedded database, said so that a merchant can act on it."""

from pathlib import Path

from server.trouble import DatabaseTrouble


class EmbeddedPostgresError(DatabaseTrouble):
    """The embedded database cannot be used: a known trouble, to be shown and not to be reported as a bug.

    `str()` of it is the whole message; `log` is the file whose end says more, where there is one.
    """

    def __init__(self, message: str, *, log: Path | None = None) -> None:
        super().__init__(message if log is None else f"{message} The end of {log} says more.")
        self.log = log
