"""Putting the exchange together. Imports the HTTP library, so the window loads this file behind its first paint."""

from common.clock import Clock
from desktop.store import identity
from desktop.store.book import Book
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.link import Link
from desktop.sync.line.rotate import OwnToken


def connect(book: Book, token: str, clock: Clock, own_token: OwnToken | None = None) -> Exchange:
    """The exchange of an enrolled till with the server that it was enrolled at. Raises NotEnrolled.

    Without `own_token` the token stays as it is: there is nowhere to keep another.
    """
    with book.read() as connection:
        till = identity.load(connection)
    # Whether plain HTTP is allowed was decided when the till was enrolled at this very address.
    link = Link(ServerAddress(till.server_url), token, clock)
    return Exchange(book, link, clock, own_token, stream=link.beside())
