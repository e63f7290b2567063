"""A real PostgreSQL for a shop that has none: the same row locks in the demo, in the tests and in a first shop.

From the PyPI package that carries it only the binaries are used; this package makes the database, starts it, shares
it among the commands of one data directory, restarts it when it dies and stops it with its last user.

It runs on Linux. Another system needs, and each is one place: the locks of `sharing` by the system's own means
(Windows: `msvcrt.locking`), the identity of a process in `processes` without `/proc`, and on Windows, where a socket
file is no gate, an address of `127.0.0.1`, a free port and a password in `Cluster.url` and `Cluster._options`.
"""

from server.store.embedded.postgres import EmbeddedPostgres
from server.store.embedded.trouble import EmbeddedPostgresError

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
