"""Comparing this till's cards with the server's digest: a little at a time, over the book as it was at that version.

The whole is seconds of work for a hundred thousand cards, in which a cashier goes on stamping and pages go on arriving.
So it is done in slices, between which others have their turn, and it reads one snapshot of the book: SQLite's log keeps
that for a reader while the writer goes on. The log grows meanwhile, therefore a comparison does not last for ever.
"""

from collections.abc import Generator
from contextlib import closing
from itertools import islice
from typing import Final, Self

from common.card_digest import BUCKETS, Columns, DigestKind, canonical_text, differing, pack, row_hash
from common.times import to_micros
from common.wire.pull import CardDigest
from desktop.store.agreement.mending import BUCKET
from desktop.store.book import Book
from desktop.store.file.faults import told_in_words

SLICE_ROWS: Final = 250
"""A few milliseconds of this thread, which is what an act of the cashier may have to wait for Python's lock."""

_COLUMNS: Final = Columns(moment=lambda name: name, day=lambda name: name)
_ROWS: Final = tuple(
    f"SELECT {BUCKET}, {canonical_text(kind, _COLUMNS)} FROM {source}"  # noqa: S608 - our own names
    for kind, source in (
        (DigestKind.CARD, "synced_cards"),
        (DigestKind.ALIAS, "synced_aliases"),
        (DigestKind.TRANSACTION, "synced_transactions WHERE event_time >= :history_since"),
    )
)


class Comparison:
    """One comparison under way. To be closed when it is done with, finished or not."""

    def __init__(self, book: Book, theirs: CardDigest) -> None:
        self._path = book.path
        self._connection = book.open_reader()
        # As it lies in the book: a text that is no text must make a difference, not an error.
        self._connection.text_factory = bytes
        self._connection.execute("BEGIN")
        self._theirs = theirs
        self._folded = [0] * BUCKETS
        self._rows = self._read(to_micros(theirs.history_since))

    @classmethod
    def begin(cls, book: Book, theirs: CardDigest, *, ver: int) -> Self | None:
        """Compare the book as it is now; None when it has left the digest's version already."""
        comparison = cls(book, theirs)
        (synced_ver,) = comparison._connection.execute("SELECT synced_ver FROM book").fetchone()
        if synced_ver == ver:
            return comparison
        comparison.close()
        return None

    def slice(self) -> list[int] | None:
        """Go on for some rows. The buckets that differ once all are read, None before. Raises BookDamaged."""
        read = 0
        with told_in_words(self._path):
            for bucket, text in islice(self._rows, SLICE_ROWS):
                self._folded[int(bucket, 16)] ^= row_hash(text)
                read += 1
        return None if read == SLICE_ROWS else differing(pack(self._folded), self._theirs.buckets)

    def close(self) -> None:
        self._rows.close()
        self._connection.close()

    def _read(self, history_since: int) -> Generator[tuple[bytes, bytes]]:
        for statement in _ROWS:
            with closing(self._connection.execute(statement, {"history_since": history_since})) as rows:
                yield from rows
