"""The embedded database as its users see it: start, stop, and see to it that it still runs."""

import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from server.store.embedded.cluster import Cluster
from server.store.embedded.lodging import find_lodging
from server.store.embedded.sharing import Sharing
from server.store.embedded.trouble import EmbeddedPostgresError

WATCH_EVERY_S = 0.5


class EmbeddedPostgres:
    """One user of the PostgreSQL of a data directory; as many as like share it, in one process or in several.

    The first starts it, the last stops it. A user that is killed counts no longer; what it leaves running is found
    by the next, who stops it when nobody else is left. May be used from several threads.

    `durable=False` is for tests: a commit may be lost when the machine fails.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self._data_dir = data_dir.absolute()
        self._durable = durable
        self._sharing = Sharing(self._data_dir)
        self._cluster: Cluster | None = None
        self._guard = threading.Lock()

    def start(self) -> str:
        """Returns the address of the database `tillstamp`, which answers; again when it is started already.

        Raises EmbeddedPostgresError, with the words for it, when there can be no database.
        """
        with self._guard:
            if self._cluster is None:
                self._prepare()
                with self._sharing.turn():
                    cluster = Cluster(find_lodging(self._data_dir), durable=self._durable)
                    cluster.initialise()
                    cluster.start()
                    self._sharing.join()
                self._cluster = cluster
            return self._cluster.url

    @property
    def programs(self) -> Path:
        """The folder of PostgreSQL's programs. Only once started."""
        if self._cluster is None:
            raise ValueError("the embedded database is not started")
        return self._cluster.programs

    def stop(self) -> None:
        """Ends our use of it, and stops it when nobody else uses it. Does nothing when it was not started.

        Raises EmbeddedPostgresError when it does not stop.
        """
        with self._guard:
            if self._cluster is None:
                return
            cluster, self._cluster = self._cluster, None
            with self._sharing.turn():
                if self._sharing.leave():
                    cluster.stop()

    def ensure_running(self) -> bool:
        """Starts the cluster again if it died; True if it had. Cheap while it runs; nothing before start or after stop.

        Raises EmbeddedPostgresError when it cannot be started.
        """
        with self._guard:
            if self._cluster is None or self._cluster.postmaster() is not None:
                return False
            with self._sharing.turn():
                if self._cluster.postmaster() is not None:  # another user was quicker
                    return False
                self._cluster.start()
            return True

    def watch(self, stopping: threading.Event, on_outcome: Callable[[EmbeddedPostgresError | None], None]) -> None:
        """Keeps it running until `stopping` is set; for a thread of `serve`.

        `on_outcome` is told each restart: None, or the trouble that kept it down. It is tried again either way.
        """
        while not stopping.wait(WATCH_EVERY_S):
            try:
                restarted = self.ensure_running()
            except EmbeddedPostgresError as trouble:
                on_outcome(trouble)
            else:
                if restarted:
                    on_outcome(None)

    def erase(self) -> None:
        """Removes the database of this data directory for good, wherever it lives.

        Raises EmbeddedPostgresError when somebody uses it, or it does not stop.
        """
        self.stop()
        place = self._data_dir / "postgres"
        if not place.exists():
            return
        with self._sharing.turn():
            if not self._sharing.leave():
                raise EmbeddedPostgresError(f"The database in {place} is in use. Stop the server that uses it first.")
            lodging = find_lodging(self._data_dir)
            Cluster(lodging, durable=self._durable).stop()
            if place.is_symlink():
                place.unlink()
            shutil.rmtree(lodging.home)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _prepare(self) -> None:
        if sys.platform != "linux":
            raise EmbeddedPostgresError(
                "The embedded database runs on Linux. Set TILLSTAMP_DATABASE_URL to a PostgreSQL 15 or newer."
            )
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedPostgresError(
                f"The data directory {self._data_dir} cannot be made ({error.strerror})."
            ) from error
