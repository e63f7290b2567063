"""The server's package: installed, started as its service starts it, examined, sold to over TLS, brought up to date."""

import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from trying.debian import Debian, debian
from trying.held import DidNotHold, Held, require
from trying.hub import ROOT, SHOP, free_port
from trying.made import NEXT_REVISION, deb, next_commit
from trying.processes import end

READY_S_MAX: Final = 2.0
EXPOSURE_MAX: Final = 2.0
STARTS: Final = 5
_PATIENCE_S: Final = 120

_UNITS: Final = "usr/lib/systemd/system"
_SERVICES: Final = ("tillstamp-server.service", "tillstamp-server-backup.service", "tillstamp-server-backup.timer")
_SETTINGS: Final = "/etc/tillstamp-server/server.toml"
_CERTIFICATE: Final = "/etc/tillstamp-server/tls/shop.pem"
_MADE_FOR_TESTS: Final = ROOT / "tests" / "desktop" / "sync" / "certificates" / "valid.pem"


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything that a step needs."""

    held: Held
    work: Path
    system: Debian
    port: int
    server: Path
    till: Path
    next_server: Path

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.system.run(*words, **environment)

    def asked(self, *words: str, **environment: str) -> str:
        """What a command answered. Raises DidNotHold."""
        done = self.run(*words, **environment)
        require(done.returncode == 0, f"{' '.join(words[:3])}: {(done.stderr or done.stdout).strip()[-600:]}")
        return done.stdout

    def said(self, *words: str) -> Any:
        """What a command of the server answers with --json. Raises DidNotHold."""
        return json.loads(self.asked("tillstamp-server", *words, "--json"))

    def install(self, package: Path) -> None:
        shutil.copy(package, self.system.root / "tmp" / package.name)
        self.asked("apt-get", "-qq", "-y", "install", "--no-install-recommends", f"/tmp/{package.name}")  # noqa: S108 - the bare system's own

    @contextmanager
    def serving(self) -> Iterator[float]:
        """The service's own command, as its user, told what systemd would tell it; gives the seconds until ready."""
        notify = self.system.root / "run" / "notify"
        notify.unlink(missing_ok=True)
        log = self.work / "installed-server.log"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, log.open("ab") as said:
            line.bind(str(notify))
            notify.chmod(0o777)
            line.settimeout(_PATIENCE_S)
            began = time.monotonic()
            process = subprocess.Popen(self._as_the_service_does(), stdout=said, stderr=said, start_new_session=True)
            try:
                heard = line.recv(100)
                took_s = time.monotonic() - began
                require(heard == b"READY=1", f"it said {heard!r}")
                yield took_s
            except TimeoutError as error:
                raise DidNotHold(f"the server does not come up: {log.read_text()[-500:]}") from error
            finally:
                status = end(process, signal.SIGTERM)
        require(status == 0, f"it ended with {status}: {log.read_text()[-500:]}")

    def _as_the_service_does(self) -> list[str]:
        unit = (self.system.root / _UNITS / "tillstamp-server.service").read_text()
        fences = (self.system.root / _UNITS / "tillstamp-.service.d" / "fences.conf").read_text()
        (command,), (user,), (group,) = (
            re.findall(rf"^{name}=(.+)$", text, re.MULTILINE)
            for name, text in (("ExecStart", unit), ("User", fences), ("Group", fences))
        )
        environment = re.findall(r"^Environment=(.+)$", fences, re.MULTILINE)
        start = ["chroot", f"--userspec={user}:{group}", str(self.system.root), "/usr/bin/env", "-i"]
        return [*start, "PATH=/usr/bin:/bin", "NOTIFY_SOCKET=/run/notify", *environment, *command.split()]


def try_it(held: Held, work: Path, commit: str) -> None:
    """Every step in its order. Raises CannotTry."""
    server, till = deb(work, "server", commit), deb(work, "till", commit)
    next_server = deb(work, "server", next_commit(commit))
    with debian(work, "server") as system:
        trial = Trial(held, work, system, free_port(), server, till, next_server)
        for step in (_installs, _is_fenced, _starts, _is_healthy, _serves_over_tls, _is_backed_up, _upgrades, _leaves):
            step(trial)


def _installs(trial: Trial) -> None:
    with trial.held.step("the server's .deb installs on a bare Debian 12, and brings no Python there") as figure:
        require(not trial.system.has_python(), "the bare system has a Python")
        trial.install(trial.server)
        require(not trial.system.has_python(), f"a Python came along: {trial.system.has_python()}")
        figure.append(f"{trial.server.stat().st_size / 1e6:.1f} MB")


def _is_fenced(trial: Trial) -> None:
    with trial.held.step("systemd-analyze verify has nothing to say of its units"):
        # A bare system has none; it is installed after us, so that what we need is not there by chance.
        trial.asked("apt-get", "-qq", "-y", "install", "--no-install-recommends", "systemd")
        verified = trial.run("systemd-analyze", "verify", *_SERVICES)
        ours = [line for line in verified.stderr.splitlines() if "tillstamp" in line]
        require(verified.returncode == 0 and not ours, verified.stderr[-600:])
    for service in _SERVICES[:2]:
        with trial.held.step(f"systemd-analyze security: {service} is exposed by {EXPOSURE_MAX} at most") as figure:
            said = trial.asked("systemd-analyze", "--offline=true", "--no-pager", "security", service)
            found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
            require(found is not None, said[-300:])
            exposure = float(found[1]) if found else 10.0
            figure.append(str(exposure))
            require(exposure <= EXPOSURE_MAX, f"{exposure}")


def _starts(trial: Trial) -> None:
    _set(trial, f'port = {trial.port}\ndata_dir = "/var/lib/tillstamp-server"\n')
    first = "its ExecStart starts as its user, on nothing, and says that it is ready"
    with trial.held.step(first) as figure, trial.serving() as took_s:
        figure.append(f"{took_s:.1f} s, its database made")
    with trial.held.step(f"ready within {READY_S_MAX:.0f} s of its start, schema current ({STARTS} starts)") as figure:
        took = []
        for _ in range(STARTS):
            with trial.serving() as took_s:
                took.append(took_s)
        figure.append(f"median {statistics.median(took):.2f} s, load {os.getloadavg()[0]:.1f}")
        require(statistics.median(took) <= READY_S_MAX, figure[0])
    with trial.held.step("two processes behind one address start too"):
        _set(trial, f'port = {trial.port}\nworkers = 2\ndata_dir = "/var/lib/tillstamp-server"\n')
        with trial.serving():
            pass


def _set(trial: Trial, text: str) -> None:
    """Into the file that is there, whose rights stay as the package set them."""
    (trial.system.root / _SETTINGS.lstrip("/")).write_text(text)


def _is_healthy(trial: Trial) -> None:
    certificate = trial.system.root / _CERTIFICATE.lstrip("/")
    certificate.parent.mkdir()
    shutil.copy(_MADE_FOR_TESTS, certificate)
    trial.asked("chgrp", "-R", "tillstamp-server", str(Path(_CERTIFICATE).parent))
    certificate.chmod(0o640)
    _set(
        trial,
        f'port = {trial.port}\ndata_dir = "/var/lib/tillstamp-server"\nhost = "0.0.0.0"\n'
        f'tls_certificate = "{_CERTIFICATE}"\nbackup_dir = "/var/lib/tillstamp-server/backups"\n',
    )
    with trial.held.step("doctor is green, with TLS and a backup") as figure, trial.serving():
        trial.asked("tillstamp-server", "backup")
        said = trial.said("doctor")
        wrong = [finding for finding in said["findings"] if finding["level"] != "OK"]
        require(said["healthy"] and not wrong, f"{wrong}")
        figure.append(f"{len(said['findings'])} checks")


def _serves_over_tls(trial: Trial) -> None:
    (trial.system.root / "etc/tillstamp-server/shop.toml").write_text(SHOP)
    with trial.held.step("a till from the other .deb enrols against it over TLS, and sells"), trial.serving():
        trial.said("apply", "/etc/tillstamp-server/shop.toml")
        trial.install(trial.till)
        code = trial.said("enrol-code", "--merchant", "roast", "--store", "gare", "--till", "front")["code"]
        trust = {"SSL_CERT_FILE": _CERTIFICATE, "TILLSTAMP_SECRETS_PLACE": "file"}
        trial.asked("tillstamp", "enrol", "--server", trial.url, "--code", code, **trust)
        card = json.loads(trial.asked("tillstamp", "new-card", "--json", **trust))["card_number"]
        trial.asked("tillstamp", "stamp", card, **trust)
        synced = json.loads(trial.asked("tillstamp", "sync", "--json", **trust))
        require(synced["waiting"] == 0, f"{synced}")
        (till,) = trial.said("tills", "list")["tills"]
        require(till["pending"] == 0, f"{till}")


def _is_backed_up(trial: Trial) -> None:
    with trial.held.step("the nightly backup can be restored, as the drill proves"):
        trial.asked("tillstamp-server", "backup")
        said = trial.asked("tillstamp-server-restore-drill")
        require("this backup can be restored" in said, said)


def _upgrades(trial: Trial) -> None:
    with trial.held.step(
        "a newer package takes over settings and data, its database too; the older till goes on"
    ) as figure:
        settings = (trial.system.root / _SETTINGS.lstrip("/")).read_text()
        trial.install(trial.next_server)
        require((trial.system.root / _SETTINGS.lstrip("/")).read_text() == settings, "the settings were replaced")
        with trial.serving():
            trust = {"SSL_CERT_FILE": _CERTIFICATE, "TILLSTAMP_SECRETS_PLACE": "file"}
            card = json.loads(trial.asked("tillstamp", "new-card", "--json", **trust))["card_number"]
            trial.asked("tillstamp", "stamp", card, **trust)
            require(json.loads(trial.asked("tillstamp", "sync", "--json", **trust))["waiting"] == 0, "it waits")
            said = trial.said("doctor")
            require(said["healthy"], f"{said}")
            schema = next(finding["says"] for finding in said["findings"] if finding["check"] == "schema")
            require(NEXT_REVISION in schema, f"the database was not brought up to date: {schema}")
            trial.asked("tillstamp-server", "audit")
        figure.append(trial.asked("dpkg-query", "--showformat=${Version}", "--show", "tillstamp-server"))


def _leaves(trial: Trial) -> None:
    with trial.held.step("removed, it leaves its data and says where"):
        said = trial.asked("apt-get", "-qq", "-y", "purge", "tillstamp-server")
        require("stay in /var/lib/tillstamp-server" in said, said[-300:])
        data = trial.system.root / "var/lib/tillstamp-server"
        require((data / "receipt.key").is_file() and (data / "postgres" / "cluster").is_dir(), "the data is gone")
        require(not (trial.system.root / "usr/lib/tillstamp-server").exists(), "the program is still there")
