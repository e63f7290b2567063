"""What goes into a frozen folder, and what stays out: for the .spec files, which PyInstaller runs on every system.

What a wheel brings and we never load is left out by name; Qt's plugins are kept by name, because each brings libraries
along. On Linux what belongs to the system stays with the system: its packages become the .deb's Depends, so that the
distribution's own update of OpenSSL or SQLite mends the till too.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions
from pathlib import Path, PurePath
from typing import Final

from PyInstaller.depend.bindepend import get_imports

Entry = tuple[str, str, str]
"""What PyInstaller collects: the name in the folder, the file it comes from, and a code for its kind."""

_CODE: Final = ("BINARY", "EXTENSION")

NEVER_LOADED: Final = [
    # Tools and tests that libraries offer plugins for.
    *("babel", "hypothesis", "mypy", "pip", "pydantic.mypy", "pytest", "setuptools", "tests", "wheel", "_pytest"),
    *("doctest", "lib2to3", "pdb", "pydoc", "tkinter", "unittest"),
    # What Pillow reads and writes; a receipt printer is sent a drawing that was made here.
    *("PIL._avif", "PIL._imagingcms", "PIL._imagingft", "PIL._imagingtk", "PIL._webp", "PIL.ImageQt", "PIL.ImageTk"),
    # Other databases' drivers.
    *("MySQLdb", "aiosqlite", "asyncpg", "cx_Oracle", "mysql", "oracledb", "psycopg2", "pymssql", "pyodbc"),
    *("numpy", "IPython", "matplotlib"),
]

_QT_PLUGINS: Final = {
    "platforms": {"cocoa", "minimal", "offscreen", "wayland", "windows", "xcb"},
    # Accents by dead keys, and input methods.
    "platforminputcontexts": {"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"},
    # The system's own dialogs for files; the one of GTK would bring all of GTK.
    "platformthemes": {"xdgdesktopportal"},
    "wayland-decoration-client": {"bradient"},
    "wayland-graphics-integration-client": {"qt-plugin-wayland-egl"},
    "wayland-shell-integration": {"xdg-shell"},
}
_PLUGIN: Final = re.compile(r"PySide6/(?:Qt/)?plugins/(?P<kind>[^/]+)/(?:lib)?q?(?P<name>.+?)\.(?:so|dll|dylib)$")
_LICENCE: Final = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)", re.IGNORECASE)
_LEFT_OUT: Final = re.compile(r"PySide6/(?:Qt/)?(?:translations|qml)/|(?:^|/)tests?/")


def trimmed(binaries: Iterable[Entry], datas: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """What belongs into the folder, of the one and of the other."""
    kept = [entry for entry in (*binaries, *datas) if _is_wanted(PurePath(entry[0]).as_posix())]
    if sys.platform == "linux":
        systems = _of_packages(source for name, source, kind in kept if kind == "BINARY" and not _is_python(name))
        kept = list(_reachable([entry for entry in kept if entry[1] not in systems]))
    return [entry for entry in kept if entry[2] in _CODE], [entry for entry in kept if entry[2] not in _CODE]


def licences(entries: Iterable[Entry]) -> list[Entry]:
    """What the authors of the libraries that were collected ask to be handed on, in a folder for each."""
    collected = {source for _, source, _ in entries}
    found = []
    for library in distributions():
        files = {file: str(library.locate_file(file)) for file in library.files or ()}
        if not collected.isdisjoint(files.values()):
            texts = {file.name: source for file, source in files.items() if _LICENCE.match(file.name)}
            found += [(f"licenses/{library.name}/{name}", source, "DATA") for name, source in texts.items()]
    return found


def _is_wanted(name: str) -> bool:
    plugin = _PLUGIN.search(name)
    if plugin:
        # Qt on Linux calls one `libqxcb.so` and another `libqt-plugin-wayland-egl.so`.
        return not _QT_PLUGINS.get(plugin["kind"], set()).isdisjoint({plugin["name"], f"q{plugin['name']}"})
    return not _LEFT_OUT.search(name)


def _is_python(name: str) -> bool:
    """The interpreter is ours: the computer has none."""
    return PurePath(name).name.startswith("libpython")


def _of_packages(files: Iterable[str]) -> set[str]:
    """Those of `files` that a Debian package brought; none where there is no dpkg."""
    found = set()
    for file in set(files):
        # Debian 12 has /lib in /usr/lib, and its packages say the one or the other.
        real = str(Path(file).resolve())
        for name in {file, real, real.removeprefix("/usr"), f"/usr{real}"}:
            if _dpkg_knows(name):
                found.add(file)
                break
    return found


def _dpkg_knows(file: str) -> bool:
    try:
        return not subprocess.run(["dpkg-query", "--search", file], capture_output=True, check=False).returncode
    except FileNotFoundError:
        return False


def _reachable(entries: list[Entry]) -> Iterator[Entry]:
    """Without the libraries that only left-out plugins and modules asked for."""
    libraries = {
        PurePath(name).name: source for name, source, kind in entries if kind == "BINARY" and _is_library(name)
    }
    waiting = [
        source for name, source, kind in entries if kind == "EXTENSION" or (kind == "BINARY" and not _is_library(name))
    ]
    needed: set[str] = {name for name in libraries if _is_python(name)}
    waiting += [libraries[name] for name in needed]
    while waiting:
        for name, _ in get_imports(waiting.pop()):
            base = PurePath(name).name
            if base in libraries and base not in needed:
                needed.add(base)
                waiting.append(libraries[base])
    for entry in entries:
        base = PurePath(entry[0]).name
        if base not in libraries or base in needed:
            yield entry


def _is_library(name: str) -> bool:
    """Not a plugin, which is opened by its own name and not because something is linked with it."""
    return ".so." in PurePath(name).name or PurePath(name).parent.name.endswith((".libs", "lib"))
