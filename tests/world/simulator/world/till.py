"""A till: the real book, the real acts and the real exchange, over a line and a clock that fail."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from common.ids import TillId
from desktop.cashier.engine import Till
from desktop.cashier.unanswered import take_back_unanswered
from desktop.main import KeptToken
from desktop.secrets import FileSecrets, TillSecrets
from desktop.settings import Settings
from desktop.store import identity
from desktop.store.identity import SecretsPlace
from desktop.sync.enrol import enrol_till
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.failures import Failure
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Enrolled, OtherMerchant, Pulled, Pushed
from tests.world.simulator.world.book import MortalBook
from tests.world.simulator.world.clocks import TillClock
from tests.world.simulator.world.line import Line
from tests.world.simulator.world.perils import Killed, Perils, files_of, put_files
from tests.world.simulator.world.server import SimulatedServer

SERVER: Final = ServerAddress("http://127.0.0.1:1")
BATCH: Final = 500
PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Copy:
    """A book as it was once, with the till's secrets: a backup, or an image of the disk."""

    files: dict[str, bytes]
    secrets: Path


@dataclass(slots=True)
class Told:
    """What a till's screen called done: the keys. They must be in its book, as long as the book is not an older one."""

    done: set[str] = field(default_factory=set)


class SimulatedTill:
    """One machine with one book.

    Attributes:
        name: of the machine; `till` is what the server calls it.
        told: what its screen called done.
        batch, page: how much it sends and asks for at once.
    """

    def __init__(self, folder: Path, server: SimulatedServer, clock: TillClock, store: str, name: str) -> None:
        self.folder = folder
        self.clock = clock
        self.store = store
        self.name = name
        self.told = Told()
        self.batch = BATCH
        self.page = PAGE
        self.perils = Perils(folder / "till.db")
        self.line = Line(server, self.perils)
        self.book: MortalBook
        self.till: Till
        self._exchange: Exchange | None = None

    @property
    def path(self) -> Path:
        return self.folder / "till.db"

    def start(self) -> None:
        """The program starts. What it was cut off from is taken back, as the real one does before it exchanges."""
        self.book = MortalBook.open(self.path)
        self.book.perils = self.perils
        self.till = Till(self.book, self.clock)
        self._load_secrets()
        with self.book.read() as connection:
            enrolled = identity.find(connection) is not None
        if enrolled:
            take_back_unanswered(self.till)

    def stop(self) -> None:
        self._exchange = None
        self.book.close()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """What it does here may kill it; then it starts again from what its death left. `Killed` is raised on."""
        try:
            with self.perils.at_work():
                yield
        except Killed:
            self.stop()
            put_files(self.path, self.perils.remains)
            self.start()
            raise

    def enrol(self, code: str) -> Enrolled | OtherMerchant | Failure:
        link = Link(SERVER, None, self.clock, self.line)
        done = enrol_till(self.book, link, self.clock, server=SERVER, code=code, keep_secrets=self._keep_secrets)
        self._load_secrets()
        self._exchange = None
        return done

    @property
    def exchange(self) -> Exchange:
        """The exchange as the program has it while it runs."""
        if self._exchange is None:
            token = None if self.till.secrets is None else self.till.secrets.token
            link = Link(SERVER, token, self.clock, self.line)
            own = None if token is None else KeptToken(self.till, Settings(data_dir=self.folder))
            self._exchange = Exchange(self.book, link, self.clock, own)
        return self._exchange

    def push(self) -> Pushed | Failure:
        return self.exchange.push(self.batch)

    def pull(self) -> Pulled | Failure:
        return self.exchange.pull(self.page)

    def copy(self, into: Path) -> Copy:
        """An image of this machine's disk, taken while it works."""
        secrets = self.folder / "secrets"
        if secrets.exists():
            shutil.copytree(secrets, into, dirs_exist_ok=True)
        return Copy(files_of(self.path), into)

    def put_back(self, copy: Copy) -> None:
        """The machine gets an older image of its disk, and starts from it."""
        self.stop()
        self.begin_with(copy)

    def begin_with(self, copy: Copy) -> None:
        put_files(self.path, copy.files)
        if copy.secrets.exists():
            shutil.rmtree(self.folder / "secrets", ignore_errors=True)
            shutil.copytree(copy.secrets, self.folder / "secrets")
        self.told = Told()
        self.start()

    def _keep_secrets(self, till_id: TillId, secrets: TillSecrets) -> SecretsPlace:
        FileSecrets(self.folder / "secrets").save(till_id, secrets)
        return SecretsPlace.FILE

    def _load_secrets(self) -> None:
        with self.book.read() as connection:
            who = identity.find(connection)
        self.till.secrets = None if who is None else FileSecrets(self.folder / "secrets").load(who.till_id)
