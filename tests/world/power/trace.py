"""What SQLite does to the files of a book, write by write, as its own layer for files is asked for it.

A VFS is SQLite's table of functions that reach the operating system. Ours is a copy of the default one, in which a
file's `write`, `truncate` and `sync` are noted before they are passed on; it takes the default's place for the time of
a block, in the very library that Python's `sqlite3` uses. So the book, its pragmas and SQLite are those of the till,
no line of them knows, and nothing is needed that is not there anyway: no strace, no second SQLite with another idea of
when to sync, no rights.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_OK: Final = 0
_MAIN_DB: Final = 0x100
_WAL: Final = 0x80000

_MAPS: Final = Path("/proc/self/maps")
_Pointer = ctypes.c_void_p
_WRITE: Final = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, ctypes.c_int, ctypes.c_int64)
_TRUNCATE: Final = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_int64)
_SYNC: Final = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_int)
_OPEN: Final = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, _Pointer, ctypes.c_int, ctypes.POINTER(ctypes.c_int))


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`, version 3: what can be done to an open file."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("close", _Pointer),
        ("read", _Pointer),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        ("others", _Pointer * 13),
    ]


class _File(ctypes.Structure):
    """`sqlite3_file`: whatever the VFS keeps for a file, beginning with its methods."""

    _fields_ = [("methods", ctypes.POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`, version 3."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("file_bytes", ctypes.c_int),
        ("path_bytes_max", ctypes.c_int),
        ("next", _Pointer),
        ("name", ctypes.c_char_p),
        ("own_data", _Pointer),
        ("open", _OPEN),
        ("others", _Pointer * 14),
    ]


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at a place of a file. They may be on the disk from now on, and must be after the file's next sync."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A file got this size."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """All that was done to this file is on the disk."""

    file: str


@dataclass(frozen=True, slots=True)
class Promised:
    """The screen said done."""

    key: str


Event = Write | Truncate | Sync | Promised


@dataclass(slots=True)
class Trace:
    """What happened, in its order. Files are named by the end of their path: `till.db`, `till.db-wal`."""

    events: list[Event] = field(default_factory=list)

    def promised(self, key: str) -> None:
        self.events.append(Promised(key))


@contextmanager
def tracing() -> Iterator[Trace]:
    """Note what is done to every book that is opened, and closed again, in this block."""
    library = _library()
    default = library.sqlite3_vfs_find(None)
    trace = Trace()
    tracer = _Tracer(default.contents, trace)
    _must(library.sqlite3_vfs_register(ctypes.byref(tracer.vfs), 1))
    try:
        yield trace
    finally:
        _must(library.sqlite3_vfs_unregister(ctypes.byref(tracer.vfs)))
        _must(library.sqlite3_vfs_register(default, 1))


def _library() -> Any:
    """The SQLite that Python's `sqlite3` has loaded: another copy of it would have a VFS table of its own."""
    loaded = {line.split(maxsplit=5)[-1] for line in _MAPS.read_text().splitlines() if "libsqlite3" in line}
    assert len(loaded) <= 1, loaded
    library: Any = ctypes.CDLL(next(iter(loaded), None))
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    return library


def _must(status: int) -> None:
    assert status == _OK, f"SQLite answered {status}"


class _Tracer:
    """The copy of the default VFS, and all that SQLite holds pointers into, which must live as long."""

    def __init__(self, default: _Vfs, trace: Trace) -> None:
        self._trace = trace
        self._names: dict[int, str] = {}
        self._methods: dict[int, _Methods] = {}
        self._open = default.open
        self.vfs = _Vfs.from_buffer_copy(default)
        self.vfs.name = b"tracing"
        self.vfs.open = _OPEN(self._opened)

    def _opened(self, vfs: int, path: int | None, file: int, flags: int, flags_out: Any) -> int:
        # Passed on as the very address: SQLite goes on reading the name there for as long as the file is open.
        status = int(self._open(vfs, path, file, flags, flags_out))
        if status == _OK and path is not None and flags & (_MAIN_DB | _WAL):
            opened = _File.from_address(file)
            self._names[file] = Path(ctypes.string_at(path).decode()).name
            opened.methods = ctypes.pointer(self._noting(opened.methods.contents))
        return status

    def _noting(self, own: _Methods) -> _Methods:
        """The file's own methods, of which three are noted. One copy for all files that have the same."""
        address = ctypes.addressof(own)
        if address not in self._methods:
            copy = _Methods.from_buffer_copy(own)

            def write(file: int, data: int, count: int, offset: int) -> int:
                self._trace.events.append(Write(self._names[file], offset, ctypes.string_at(data, count)))
                return int(own.write(file, data, count, offset))

            def truncate(file: int, size: int) -> int:
                self._trace.events.append(Truncate(self._names[file], size))
                return int(own.truncate(file, size))

            def sync(file: int, flags: int) -> int:
                status = int(own.sync(file, flags))
                self._trace.events.append(Sync(self._names[file]))
                return status

            copy.write, copy.truncate, copy.sync = _WRITE(write), _TRUNCATE(truncate), _SYNC(sync)
            self._methods[address] = copy
        return self._methods[address]
