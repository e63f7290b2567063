"""Building a till: book, secrets, engine, runner. Decides nothing.

The window must be there within a second, so what it does not paint or read with is not imported here: Qt, the HTTP
library and the window's own code are loaded by name where they are needed.
"""

import importlib
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Final

from common.clock import Clock, SystemClock
from desktop.cashier.engine import Till
from desktop.display import DisplayCheck
from desktop.one_window import ask_to_show
from desktop.secrets import TillSecrets, keeper_of
from desktop.settings import Settings, load_settings
from desktop.store import identity
from desktop.store.book import Book
from desktop.sync.runner import Runner
from desktop.trouble import BookInUse, KnownTrouble, NoDisplay, SecretsMissing

if TYPE_CHECKING:
    from desktop.sync.exchange import Exchange

_LOG_BYTES: Final = 1_000_000
_LOGS_KEPT: Final = 3


@contextmanager
def open_till(settings: Settings, clock: Clock) -> Iterator[Till]:
    """The till of `settings.data_dir`, with its book open for writing. Raises KnownTrouble of the book.

    Its secrets are not loaded: a keyring takes a moment, and may be out of reach. See `load_secrets`.
    """
    with Book.open(settings.book_path) as book:
        yield Till(book, clock)


@contextmanager
def read_till(settings: Settings, clock: Clock) -> Iterator[Till]:
    """The same to read only, while a window may hold the book. Raises KnownTrouble of the book."""
    with Book.open_read_only(settings.book_path) as book:
        yield Till(book, clock)


def load_secrets(till: Till, settings: Settings) -> str:
    """Give the till its secrets, where it does not have them yet; the token.

    Raises NotEnrolled, SecretsMissing, SecretsUnreachable. May take a second.
    """
    if till.secrets is None:
        with till.book.read() as connection:
            who = identity.load(connection)
        till.secrets = keeper_of(who.secrets_place, settings.data_dir).load(who.till_id)
    return till.secrets.token


def make_exchange(till: Till, settings: Settings) -> "Exchange":
    """Connect the till to its server. Raises NotEnrolled, SecretsMissing, SecretsUnreachable."""
    token = load_secrets(till, settings)
    connect: Callable[..., Exchange] = importlib.import_module("desktop.sync.connect").connect
    return connect(till.book, token, till.clock, KeptToken(till, settings))


class KeptToken:
    """The token of an open till whose secrets are loaded, where they are kept (`desktop.sync.line.rotate.OwnToken`)."""

    def __init__(self, till: Till, settings: Settings) -> None:
        self._till = till
        with till.book.read() as connection:
            who = identity.load(connection)
        self._till_id = who.till_id
        self._keeper = keeper_of(who.secrets_place, settings.data_dir)

    @property
    def token(self) -> str:
        return self._secrets().token

    @property
    def former(self) -> str | None:
        return self._secrets().former

    def replace(self, used: str, token: str, former: str | None) -> bool:
        """Raises SecretsUnreachable, SecretsUnwritable."""
        with self._till.secrets_lock:
            secrets = self._secrets()
            if secrets.token != used:
                return False
            secrets = replace(secrets, token=token, former=former)
            self._keeper.save(self._till_id, secrets)
            self._till.secrets = secrets
            return True

    def _secrets(self) -> TillSecrets:
        if self._till.secrets is None:
            raise SecretsMissing("the till's secrets were not loaded")
        return self._till.secrets


def make_runner(till: Till, settings: Settings) -> Runner:
    """The till's sync thread, not yet started, woken by every act. It loads the secrets first."""
    runner = Runner(till.book, lambda: make_exchange(till, settings), till.clock, random.random)
    till.on_recorded = runner.wake
    return runner


def run_window(data_dir: Path | None) -> int:
    """Open the window and work until it is closed; the process's exit status. Raises KnownTrouble."""
    display = DisplayCheck.begin()
    try:
        settings = load_settings(data_dir)
        try:
            return _work(settings, display)
        except BookInUse:
            if ask_to_show(settings.data_dir):
                return 0
            raise
    except NoDisplay:
        raise
    except KnownTrouble as trouble:
        # Whoever started it by a click sees no terminal.
        display.require()
        if display.seen:
            tell: Callable[[KnownTrouble], None] = importlib.import_module("desktop.ui.application").tell
            tell(trouble)
        raise


def _work(settings: Settings, display: DisplayCheck) -> int:
    with open_till(settings, SystemClock()) as till:
        _log_to(settings.data_dir / "till.log")
        runner = make_runner(till, settings)
        # The window starts the runner after its first paint; it is stopped here, before the book is closed.
        run: Callable[[Till, Runner, Settings], int] = importlib.import_module("desktop.ui.application").run
        display.require()
        try:
            return run(till, runner, settings)
        finally:
            runner.stop()


def _log_to(file: Path) -> None:
    handler = RotatingFileHandler(file, maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # A line for each request, every three seconds, would push what matters out of the file.
    logging.getLogger("httpx").setLevel(logging.WARNING)
