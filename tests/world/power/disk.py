"""A disk with a power supply: what of a trace survives when it goes."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.world.power.trace import Event, Promised, Sync, Truncate, Write

SECTOR: Final = 512
"""A disk writes so many bytes whole or not at all; of several it may do any, in any order, until it is told to sync."""

Change = Write | Truncate
Survivors = Callable[[Sequence[Change]], Iterable[Change]]
"""Of the changes to a file since its last sync, those that are on the disk."""


def nothing(_changes: Sequence[Change]) -> Iterable[Change]:
    """Only what was synced."""
    return ()


def everything(changes: Sequence[Change]) -> Iterable[Change]:
    """A disk that was quick."""
    return changes


def torn(changes: Sequence[Change]) -> Iterable[Change]:
    """A disk that was caught in its last write, of which the front half is there."""
    *whole, last = changes or (None,)
    yield from filter(None, whole)
    if isinstance(last, Write):
        pieces = list(sectors(last))
        yield from pieces[: len(pieces) // 2]


def any_sectors(chance: random.Random) -> Survivors:
    """A disk that did them in an order of its own, and got halfway."""

    def choose(changes: Sequence[Change]) -> Iterator[Change]:
        for change in changes:
            pieces = sectors(change) if isinstance(change, Write) else (change,)
            yield from (piece for piece in pieces if chance.random() < 0.5)

    return choose


def sectors(write: Write) -> Iterator[Write]:
    """A write as the disk does it."""
    begin, end = write.offset, write.offset + len(write.data)
    while begin < end:
        until = min(end, (begin // SECTOR + 1) * SECTOR)
        yield Write(write.file, begin, write.data[begin - write.offset : until - write.offset])
        begin = until


@dataclass(slots=True)
class Disk:
    """The files as of some moment.

    Attributes:
        synced: what each file surely holds. One that was never synced is not even in its folder.
        changed: what happened to each file since.
        promised: the acts that were reported done.
    """

    synced: dict[str, bytearray]
    changed: dict[str, list[Change]] = field(default_factory=dict)
    promised: list[str] = field(default_factory=list)

    def pass_on(self, event: Event) -> None:
        match event:
            case Promised(key):
                self.promised.append(key)
            case Sync(file):
                content = self.synced.setdefault(file, bytearray())
                for change in self.changed.pop(file, ()):
                    apply(change, content)
            case Write(file) | Truncate(file):
                self.changed.setdefault(file, []).append(event)

    def lose_power(self, survivors: Survivors, folder: Path) -> None:
        """Write the files into `folder` as they are found when the power is back."""
        for file in self.synced.keys() | self.changed.keys():
            kept = list(survivors(self.changed.get(file, ())))
            if file in self.synced or kept:
                content = bytearray(self.synced.get(file, b""))
                for change in kept:
                    apply(change, content)
                (folder / file).write_bytes(content)


def apply(change: Change, content: bytearray) -> None:
    if isinstance(change, Truncate):
        del content[change.size :]
        return
    end = change.offset + len(change.data)
    content.extend(bytes(max(0, end - len(content))))
    content[change.offset : end] = change.data
