"""What can go wrong, in two trees that are never mixed.

Known trouble is told to the person at the keyboard in one or two plain sentences that say what to do. It needs no
traceback and no report::

    KnownTrouble                      str() of it is the whole message
    ├── DatabaseTrouble
    │   ├── DatabaseUnreachable       nobody answers at the address
    │   ├── DatabaseUnsuitable        it answers, and is no PostgreSQL that this program can use
    │   ├── DatabaseTooNew            a newer Tillstamp has been here
    │   ├── DatabaseTooOld            it is empty, or this program is newer: to be brought up to date
    │   ├── ProgramFailed             one of PostgreSQL's programs ended badly (operate/backup.py)
    │   └── EmbeddedPostgresError     our own PostgreSQL cannot be made, started or stopped (store/embedded/trouble.py)
    ├── ShopFileTrouble               the shop file cannot be applied; every problem of it at once
    ├── NotFound                      no such merchant, store, till or attention item
    ├── NotPossible                   it exists, and what was asked cannot be done with it
    │   └── NoTillNumberLeft          its merchant has as many tills as there are numbers for
    ├── FileTrouble                   a file cannot be read or written
    ├── SettingsTrouble               a setting in the environment makes no sense
    ├── CertificateTrouble            the certificate or its key, in the files named for TLS, cannot be used
    ├── AddressTrouble                the server cannot listen where it should
    └── WorkersFailed                 a server process ended before it served

A bug is every other exception. It is logged with its traceback and stops what it interrupts: nobody at a till or at a
terminal could do anything about it::

    Exception                         ValueError, LookupError, IntegrityError, AssertionError …

A refusal or a rejection is neither: it is a value (common/rules/refusals.py), for a rule said no and the rule is right.
"""


class KnownTrouble(Exception):
    """Something a person can do something about. `str()` of it is the whole message."""


class DatabaseTrouble(KnownTrouble):
    """The database cannot be used."""


class DatabaseUnreachable(DatabaseTrouble):
    """Nobody answers at the database's address."""


class DatabaseUnsuitable(DatabaseTrouble):
    """What answers there cannot be used by this program."""


class DatabaseTooNew(DatabaseTrouble):
    """A newer program has upgraded the database; this one would not understand it."""


class DatabaseTooOld(DatabaseTrouble):
    """The database is empty, or of an older program, and a command that only looks found it so."""


class NotFound(KnownTrouble):
    """There is no merchant, store, till or item of that name."""


class NotPossible(KnownTrouble):
    """What was named exists, and what was asked cannot be done with it."""


class NoTillNumberLeft(NotPossible):
    """The merchant has as many tills as there are numbers for; a number is never given to another till."""


class FileTrouble(KnownTrouble):
    """A file cannot be read or written."""


class SettingsTrouble(KnownTrouble):
    """A setting in the environment makes no sense."""


class CertificateTrouble(KnownTrouble):
    """The certificate or the key that are set for TLS cannot be used."""


class AddressTrouble(KnownTrouble):
    """The server cannot listen at its address."""


class WorkersFailed(KnownTrouble):
    """Of several server processes one ended before it served."""


class ShopFileTrouble(KnownTrouble):
    """A shop file cannot be applied. `problems` says each in words for the merchant; nothing was changed."""

    def __init__(self, file: str, problems: tuple[str, ...]) -> None:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        counted = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{file} has {counted}. Nothing was changed.\n{listed}")
        self.problems = problems
