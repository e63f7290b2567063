"""The till's two secrets, and their place in a file where there is no keyring.

The token says who the till is to the server; the PIN key checks PINs. Neither is in the book, so that a stolen book
alone can neither speak to the server nor be searched for PINs. This module never imports `keyring`: the window must
open without it. `desktop.keyring_secrets` does, and is imported only where the book says `keyring`, and by enrol.
"""

import base64
import binascii
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from common.ids import TillId
from desktop.trouble import SecretsMissing, SecretsUnreachable

SECRETS_PLACE_VARIABLE: Final = "TILLSTAMP_SECRETS_PLACE"
"""Set to `file`, it keeps enrol away from the user's own keyring: the demo and the tests set it."""


@dataclass(frozen=True, slots=True)
class TillSecrets:
    """What only this till may know. Its repr shows neither."""

    token: str = field(repr=False)
    pin_key: bytes = field(repr=False)

    def to_text(self) -> str:
        return json.dumps({"token": self.token, "pin_key": base64.b64encode(self.pin_key).decode("ascii")})

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Raises SecretsMissing when `text` is not what `to_text` wrote."""
        try:
            values = json.loads(text)
            return cls(str(values["token"]), base64.b64decode(values["pin_key"], validate=True))
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise SecretsMissing("what was kept for this till cannot be read") from error


class FileSecrets:
    """Secrets in files that only this user may read, one for each till, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, till_id: TillId) -> TillSecrets:
        """Raises SecretsMissing, SecretsUnreachable."""
        try:
            text = self._path(till_id).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise SecretsMissing(f"there is no {self._path(till_id)}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise SecretsUnreachable(str(error)) from error
        return TillSecrets.from_text(text)

    def save(self, till_id: TillId, secrets: TillSecrets) -> None:
        """Whole and durable, or not at all. Raises SecretsUnreachable."""
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
        except OSError as error:
            raise SecretsUnreachable(str(error)) from error

    def _path(self, till_id: TillId) -> Path:
        return self._folder / f"till-{till_id}.json"
