"""A Debian package of a small folder: what it needs is found, and the same files make the same bytes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from making.deb import Package, build
from making.needs import LibraryMissing, needed_packages
from tests.shape.source import ROOT

pytestmark = pytest.mark.skipif(
    any(shutil.which(command) is None for command in ("dpkg-deb", "dpkg-shlibdeps")), reason="needs dpkg-dev"
)

ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}


def packed(folder: Path, out: Path) -> Path:
    """The same content each time, made anew in `folder` with whatever rights the machine gives."""
    program = folder / "usr" / "lib" / "small" / "small"
    program.parent.mkdir(parents=True)
    shutil.copy("/bin/true", program)
    program.chmod(0o700)
    (folder / "usr" / "share").mkdir()
    (folder / "usr" / "share" / "note").write_text("a note\n")
    (folder / "usr" / "share" / "note").chmod(0o666)
    scripts = ROOT / "packaging" / "till" / "debian"
    package = Package("small", "1.2", "a summary", "A text.\n.\nMore.", "misc", scripts, ["libc6"], ["fonts-inter"])
    out.mkdir()
    return build(package, folder, out, ENVIRONMENT)


def said(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_what_it_says_and_holds(tmp_path: Path) -> None:
    file = packed(tmp_path / "root", tmp_path / "out")
    head = said("dpkg-deb", "--field", file)
    assert "Package: small\nVersion: 1.2\n" in head
    assert "Depends: libc6\nRecommends: fonts-inter\n" in head
    assert "Description: a summary\n A text.\n .\n More.\n" in head
    rows = {row.split()[-1]: row.split()[:2] for row in said("dpkg-deb", "--contents", file).splitlines()}
    assert rows["./usr/lib/small/small"] == ["-rwxr-xr-x", "root/root"]
    assert rows["./usr/share/note"] == ["-rw-r--r--", "root/root"]
    assert {owner for _, owner in rows.values()} == {"root/root"}
    assert "usr/share/note" in said("dpkg-deb", "--info", file, "md5sums")
    assert "a till is open" in said("dpkg-deb", "--info", file, "prerm")


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    first, second = (packed(tmp_path / f"{name}-root", tmp_path / name) for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_what_it_is_linked_with_is_found_with_the_version_that_it_takes(tmp_path: Path) -> None:
    shutil.copy("/bin/true", tmp_path / "true")
    (needed,) = needed_packages(tmp_path)
    assert needed.startswith("libc6 (>= 2.")


def test_what_it_opens_by_name_is_found_by_running_it(tmp_path: Path) -> None:
    """Preloaded, as a stand-in for what a program opens itself: the linker logs both alike."""
    shutil.copy("/bin/true", tmp_path / "true")
    preloaded = "/usr/lib/x86_64-linux-gnu/libz.so.1"
    if not Path(preloaded).exists():
        pytest.skip("no zlib to open")
    run = ["env", f"LD_PRELOAD={preloaded}", str(tmp_path / "true")]
    assert "zlib1g" in needed_packages(tmp_path, [run])
    assert "zlib1g" not in needed_packages(tmp_path, [[str(tmp_path / "true")]])


def test_a_library_that_nobody_brings_is_no_package_less(tmp_path: Path) -> None:
    program = (Path("/bin/true").read_bytes()).replace(b"libc.so.6\0", b"libc.so.7\0")
    (tmp_path / "true").write_bytes(program)
    with pytest.raises(LibraryMissing, match=r"libc\.so\.7"):
        needed_packages(tmp_path)
