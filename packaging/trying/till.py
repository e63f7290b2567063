"""The till's package: installed, enrolled, worked with, brought up to date, put back, removed."""

import hashlib
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from trying.debian import Debian, debian
from trying.held import DidNotHold, Held, require
from trying.hub import ROOT, Hub, free_port, python
from trying.made import deb, next_commit
from trying.paper import printer
from trying.window import OFFSCREEN, STARTS, median_start_s, open_window, picture, scan, x_display

DEB_MB_MAX: Final = 80
START_S_MAX: Final = 2.0
QUEUE: Final = 1_000
_USER: Final = "ana"
_USER_ID: Final = 1_000
_PATIENCE_S: Final = 30


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything that a step needs."""

    held: Held
    work: Path
    system: Debian
    hub: Hub
    display: dict[str, str]
    old: Path
    new: Path

    @property
    def data(self) -> Path:
        """The till's own, as this computer sees it."""
        return self.system.root / "home" / _USER / ".local" / "share" / "tillstamp"

    @property
    def log(self) -> Path:
        return self.work / "server.log"

    def till(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of the till, whatever comes of it."""
        return self.system.run("tillstamp", *words, user=_USER)

    def said(self, *words: str) -> Any:
        """What a command answers with --json. Raises DidNotHold."""
        done = self.till(*words, "--json")
        require(done.returncode == 0, f"tillstamp {words[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return json.loads(done.stdout)

    def apt(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.system.run("apt-get", "-qq", "-y", *words)

    def install(self, package: Path, *options: str) -> subprocess.CompletedProcess[str]:
        """By apt, which gets what it depends on."""
        shutil.copy(package, self.system.root / "tmp" / package.name)
        return self.apt("install", *options, f"/tmp/{package.name}")  # noqa: S108 - the bare system's own


def try_it(held: Held, work: Path, commit: str) -> None:
    """Every step in its order. Raises CannotTry."""
    old, new = deb(work, "till", commit), deb(work, "till", next_commit(commit))
    with ExitStack() as stack:
        hub = Hub(work / "server-data", free_port())
        shutil.rmtree(hub.data, ignore_errors=True)
        display = stack.enter_context(x_display())
        system = stack.enter_context(debian(work, "till", {_USER: _USER_ID}))
        trial = Trial(held, work, system, hub, display, old, new)
        for step in (
            _size,
            _installs,
            _frozen_parts,
            _enrols,
            _windows,
            _stamps,
            _upgrades,
            _goes_back,
            _sends,
            _leaves,
        ):
            step(trial)


def _size(trial: Trial) -> None:
    megabytes = trial.old.stat().st_size / 1e6
    trial.held.say(megabytes <= DEB_MB_MAX, f"the till's .deb has at most {DEB_MB_MAX} MB", f"{megabytes:.1f} MB")


def _installs(trial: Trial) -> None:
    with trial.held.step("the till's .deb installs on a bare Debian 12, and brings no Python there") as figure:
        require(not trial.system.has_python(), "the bare system has a Python")
        done = trial.install(trial.old)
        require(done.returncode == 0, done.stderr[-400:])
        require(not trial.system.has_python(), f"a Python came along: {trial.system.has_python()}")
        figure.append(_version(trial))
    with trial.held.step("its menu entry and its icon are where desktops look for them"):
        for file in ("applications/tillstamp.desktop", "icons/hicolor/scalable/apps/tillstamp.svg"):
            require((trial.system.root / "usr/share" / file).is_file(), f"no {file}")
        if shutil.which("desktop-file-validate"):
            entry = trial.system.root / "usr/share/applications/tillstamp.desktop"
            checked = subprocess.run(["desktop-file-validate", str(entry)], capture_output=True, text=True, check=False)
            require(not checked.returncode, checked.stdout)


def _frozen_parts(trial: Trial) -> None:
    with trial.held.step("the keyring's process starts, and says that no keyring is there"):
        done = trial.till("--run-own-module", "desktop.keyring_process", "load", "nobody")
        require(done.returncode == 10 and "Traceback" not in done.stderr, done.stderr[-400:])


def _enrols(trial: Trial) -> None:
    trial.hub.open_shop(trial.work / "shop.toml")
    with trial.hub.serving(trial.log), trial.held.step("it enrols; its book is where the system keeps a user's data"):
        trial.said("enrol", "--server", trial.hub.url, "--code", trial.hub.code("front"))
        require((trial.data / "till.db").is_file(), f"no book in {trial.data}")
        require(not list((trial.system.root / "usr/lib/tillstamp").rglob("till.db*")), "data beside the program")


def _windows(trial: Trial) -> None:
    for name, display in (("under X", trial.display), ("offscreen", OFFSCREEN)):
        with trial.held.step(f"the window opens {name} in at most {START_S_MAX:.0f} s (median of {STARTS})") as figure:
            seconds = median_start_s(trial.system, _USER, display)
            figure.append(f"{seconds:.2f} s")
            require(seconds <= START_S_MAX, f"{seconds:.2f} s")
    with trial.held.step("the window opens in German, French and Luxembourgish"):
        for language in ("de_LU", "fr_LU", "lb_LU"):
            with open_window(trial.system, _USER, OFFSCREEN, LANG=f"{language}.UTF-8"):
                pass
    # Last, so that the rows above had a system as it is: the program's own zones have to do.
    zones = trial.system.root / "usr/share/zoneinfo"
    with trial.held.step("it knows time zones on a system that has none"):
        zones.rename(zones.with_name("zoneinfo-away"))
        try:
            trial.said("new-card")
        finally:
            zones.with_name("zoneinfo-away").rename(zones)


def _stamps(trial: Trial) -> None:
    number = trial.said("new-card")["card_number"]
    with (
        trial.held.step("a scan in the window gives a stamp, and a receipt printer gets a slip") as figure,
        printer() as paper,
    ):
        _prefer(trial, stamp_on_scan=True, printer=f"127.0.0.1:{paper.port}")
        with open_window(trial.system, _USER, trial.display):
            scan(trial.display, number)
            _until(
                lambda: "stamp" in [each["kind"] for each in trial.said("status")["recent"]], "no stamp was recorded"
            )
            _until(lambda: bool(paper.printed), "no slip was printed")
            picture(trial.display, trial.work / "window.png")
        figure.append(f"slip of {len(paper.printed)} bytes")
    with trial.held.step("so does the command line"):
        other = trial.said("new-card")["card_number"]
        require(trial.said("stamp", other)["stamp_count"] == 1, "no stamp")


def _upgrades(trial: Trial) -> None:
    with trial.held.step(f"{QUEUE} operations wait while there is no server") as figure:
        before = _waiting(trial)
        _fill(trial, QUEUE)
        figure.append(f"{_waiting(trial)} waiting")
        require(_waiting(trial) == before + QUEUE, f"{_waiting(trial)} wait")
    waiting = _waiting(trial)
    with trial.held.step("a newer version is not put under a till that is open, and says why"):
        with open_window(trial.system, _USER, OFFSCREEN):
            done = trial.install(trial.new)
        require(done.returncode != 0 and "a till is open" in done.stdout + done.stderr, done.stderr[-400:])
    with trial.held.step(f"the newer version is installed over it, and none of the {QUEUE} is lost") as figure:
        older = _version(trial)
        done = trial.install(trial.new)
        require(done.returncode == 0, done.stderr[-400:])
        figure.append(f"{older} → {_version(trial)}")
        with open_window(trial.system, _USER, OFFSCREEN):
            pass
        require(_waiting(trial) == waiting, f"{_waiting(trial)} wait, of {waiting}")
        require((trial.data / "till.db.before-upgrade").is_file(), "no copy of the book was put aside")


def _goes_back(trial: Trial) -> None:
    with trial.held.step("the older version refuses the newer book, says so, and leaves it alone"):
        done = trial.install(trial.old, "--allow-downgrades")
        require(done.returncode == 0, done.stderr[-400:])
        book = _digest(trial)
        for words in (["status"], ["new-card"], []):
            refused = trial.system.run("tillstamp", *words, user=_USER, **OFFSCREEN)
            said = refused.stdout + refused.stderr
            require(refused.returncode == 1 and "A newer Tillstamp has used this till's data" in said, said[-400:])
        require(_digest(trial) == book, "the book was changed")


def _sends(trial: Trial) -> None:
    with trial.held.step(
        "the newer version again: all that waited is sent, and the server's audit finds nothing"
    ) as figure:
        require(trial.install(trial.new).returncode == 0, "not installed")
        waiting = _waiting(trial)
        with trial.hub.serving(trial.log):
            sent = trial.said("sync")
            require(sent["sent"] >= waiting and sent["waiting"] == sent["rejected"] == sent["parked"] == 0, str(sent))
            audited = subprocess.run(
                trial.hub.command("audit"),
                cwd=ROOT,
                env=trial.hub.environment(),
                capture_output=True,
                text=True,
                check=False,
            )
            require(audited.returncode == 0, audited.stdout[-400:])
        figure.append(f"{sent['sent']} sent")


def _leaves(trial: Trial) -> None:
    with trial.held.step("removed, it leaves the book and says where it is, and nothing else"):
        brought = trial.system.run("dpkg", "--listfiles", "tillstamp").stdout.split()
        done = trial.apt("purge", "tillstamp")
        require(done.returncode == 0, done.stderr[-400:])
        book = f"/home/{_USER}/.local/share/tillstamp/till.db"
        require(f"    {book}\n" in done.stdout, f"it does not say where the book is: {done.stdout}")
        require((trial.data / "till.db").is_file(), "the book is gone")
        left = [path for path in brought if "tillstamp" in path and (trial.system.root / path.lstrip("/")).exists()]
        require(not left, f"left behind: {left[:5]}")


def _fill(trial: Trial, count: int) -> None:
    """Outside of the system, which has no Python; the book is the user's own again afterwards."""
    command = [python(), str(ROOT / "packaging" / "trying" / "fill.py"), str(trial.data), str(count)]
    subprocess.run(command, check=True, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"})
    for file in trial.data.iterdir():
        shutil.chown(file, _USER_ID, _USER_ID)


def _prefer(trial: Trial, **preferences: object) -> None:
    file = trial.data / "preferences.json"
    file.write_text(json.dumps(preferences))
    shutil.chown(file, _USER_ID, _USER_ID)


def _waiting(trial: Trial) -> int:
    waiting: int = trial.said("status")["waiting"]
    return waiting


def _version(trial: Trial) -> str:
    return trial.system.run("dpkg-query", "--show", "--showformat=${Version}", "tillstamp").stdout


def _digest(trial: Trial) -> dict[str, str]:
    """Of every file of the book."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in trial.data.glob("till.db*")}


def _until(holds: Callable[[], bool], why: str) -> None:
    ends_at = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > ends_at:
            raise DidNotHold(why)
        time.sleep(0.1)
