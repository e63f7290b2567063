"""What a till makes of the feed: rows replaced by their keys, as a book does it, in a few lines."""

from typing import Any, Final

from common.wire.pull import PullResponse

KEYS: Final = {
    "merchant": "id",
    "program": "id",
    "stores": "id",
    "terms": "version",
    "staff": "id",
    "cards": "id",
    "aliases": "card_id",
    "transactions": "key",
    "verdicts": "key",
}

Rows = dict[str, dict[Any, dict[str, Any]]]


class FoldedFeed:
    """A book without a disk.

    Attributes:
        rows: the synced rows, by table and key.
        received: table, key and version of each row received outside of snapshots, in order.
    """

    def __init__(self) -> None:
        self.rows: Rows = {name: {} for name in KEYS}
        self.received: list[tuple[str, Any, int]] = []
        self.cursor: str | None = None
        self.ver = 0
        self._aside: Rows | None = None

    def apply(self, page: PullResponse) -> None:
        """One page. Pages of a snapshot are gathered aside, and replace everything with the last of them."""
        if page.reset and self._aside is None:
            self._aside = {name: {} for name in KEYS}
        rows = self.rows if self._aside is None else self._aside
        for name, key in KEYS.items():
            for row in getattr(page.changes, name):
                said = row.model_dump()
                rows[name][said[key]] = said
                if not page.reset:
                    self.received.append((name, said[key], said["ver"]))
        if self._aside is not None and not page.more:
            self.rows, self._aside = self._aside, None
        self.cursor, self.ver = page.cursor, page.ver
