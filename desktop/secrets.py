"""The till's two secrets, and where they are kept: in the system's keyring, or in a file where there is none.

The token says who the till is to the server; the PIN key checks PINs. Neither is in the book, so that a stolen book
alone can neither speak to the server nor be searched for PINs. The place is chosen when the till is enrolled and
recorded in the book. This module never imports `keyring`: a process of its own does (`desktop.keyring_process`).
"""

import base64
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, Self

from common.ids import TillId
from desktop import own_process
from desktop.store.identity import SecretsPlace
from desktop.trouble import KeyringUnreachable, SecretsMissing, SecretsUnreadable, SecretsUnwritable

PLACE_VARIABLE: Final = "TILLSTAMP_SECRETS_PLACE"
"""Set to `file`, it keeps a till away from the user's own keyring: the demo and the tests set it."""

_KEYRING_TIMEOUT_S: Final = 20
_NOTHING_KEPT: Final = 11
"""The exit status of `desktop.keyring_process` for a keyring that is there and holds nothing for this till."""


@dataclass(frozen=True, slots=True)
class TillSecrets:
    """What only this till may know. Its repr shows none of it. `former` is the token that the present one replaced."""

    token: str = field(repr=False)
    pin_key: bytes = field(repr=False)
    former: str | None = field(repr=False, default=None)

    def to_text(self) -> str:
        kept = {"token": self.token, "pin_key": base64.b64encode(self.pin_key).decode("ascii")}
        return json.dumps(kept if self.former is None else kept | {"former_token": self.former})

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Raises SecretsMissing when `text` is not what `to_text` wrote."""
        try:
            values = json.loads(text)
            former = values.get("former_token")
            pin_key = base64.b64decode(values["pin_key"], validate=True)
            return cls(str(values["token"]), pin_key, None if former is None else str(former))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise SecretsMissing("what was kept for this till cannot be read") from error


class SecretsKeeper(Protocol):
    """A place that keeps secrets, each under the name of its till. Both calls may take seconds: not while painting."""

    def load(self, till_id: TillId) -> TillSecrets:
        """Raises SecretsMissing, SecretsUnreachable."""
        ...

    def save(self, till_id: TillId, secrets: TillSecrets) -> None:
        """Raises SecretsUnreachable, SecretsUnwritable."""
        ...


class FileSecrets:
    """Secrets in files that only this user may read, one for each till, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, till_id: TillId) -> TillSecrets:
        """Raises SecretsMissing, SecretsUnreadable."""
        path = self._path(till_id)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise SecretsMissing(f"there is no {path}") from error
        except OSError as error:
            raise SecretsUnreadable(path, error.strerror or str(error)) from error
        except UnicodeDecodeError as error:
            raise SecretsMissing(f"{path} holds no text") from error
        return TillSecrets.from_text(text)

    def save(self, till_id: TillId, secrets: TillSecrets) -> None:
        """Whole and durable, or not at all. Raises SecretsUnwritable."""
        path = self._path(till_id)
        unfinished = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            # Made anew with its rights, never opened wide and narrowed afterwards.
            unfinished.unlink(missing_ok=True)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(secrets.to_text())
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
            _make_durable(self._folder)
        except OSError as error:
            raise SecretsUnwritable(path, error.strerror or str(error)) from error

    def _path(self, till_id: TillId) -> Path:
        return self._folder / f"till-{till_id}.json"


def _make_durable(folder: Path) -> None:
    """The new name too is on the disk: a power cut must not bring back a token that the server has forgotten."""
    if os.name != "posix":  # pragma: no cover - Windows opens no folders, and keeps names with the file
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class KeyringSecrets:
    """Secrets in the system's keyring, reached through a process of its own, which never prompts."""

    def load(self, till_id: TillId) -> TillSecrets:
        """Raises SecretsMissing, KeyringUnreachable."""
        return TillSecrets.from_text(self._ask("load", till_id))

    def save(self, till_id: TillId, secrets: TillSecrets) -> None:
        """Raises KeyringUnreachable."""
        self._ask("save", till_id, secrets.to_text())

    def _ask(self, verb: str, till_id: TillId, said: str = "") -> str:
        try:
            done = own_process.ask(own_process.KEYRING, verb, str(till_id), said=said, timeout_s=_KEYRING_TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            # Not `str(error)`: it would name the command, and says nothing of use.
            raise KeyringUnreachable("the keyring does not answer") from error
        except OSError as error:
            raise KeyringUnreachable(str(error)) from error
        if done.returncode:
            trouble = SecretsMissing if done.returncode == _NOTHING_KEPT else KeyringUnreachable
            raise trouble(done.stderr.strip())
        return done.stdout


def keeper_of(place: SecretsPlace, folder: Path) -> SecretsKeeper:
    """The keeper at the place that the book names; `folder` is the till's data folder."""
    return KeyringSecrets() if place is SecretsPlace.KEYRING else FileSecrets(folder / "secrets")


def keep_new(
    till_id: TillId, secrets: TillSecrets, folder: Path, environment: Mapping[str, str] = os.environ
) -> SecretsPlace:
    """Keep a newly enrolled till's secrets: in the keyring where one answers, else in a file. The book records which.

    Raises SecretsUnwritable when not even a file can be written.
    """
    if environment.get(PLACE_VARIABLE) != SecretsPlace.FILE.value:
        try:
            KeyringSecrets().save(till_id, secrets)
        except KeyringUnreachable:
            pass
        else:
            return SecretsPlace.KEYRING
    keeper_of(SecretsPlace.FILE, folder).save(till_id, secrets)
    return SecretsPlace.FILE
