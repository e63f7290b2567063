"""Putting the exchange together. Imports the HTTP library, so the window loads this file behind its first paint."""

from common.clock import Clock
from desktop.store import identity
from desktop.store.book import Book
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.link import Link


def connect(book: Book, token: str, clock: Clock) -> Exchange:
    """The exchange of an enrolled till with the server that it was enrolled at. Raises NotEnrolled."""
    with book.read() as connection:
        till = identity.load(connection)
    # Whether plain HTTP is allowed was decided when the till was enrolled at this very address.
    return Exchange(book, Link(ServerAddress(till.server_url), token, clock), clock)
