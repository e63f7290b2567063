"""The till's secrets: in a file that only this user reads, or in a keyring that never asks."""

import os
import stat
import sys
from pathlib import Path

import pytest

from common.ids import TillId
from desktop import own_process
from desktop.secrets import PLACE_VARIABLE, FileSecrets, KeyringSecrets, TillSecrets, keep_new, keeper_of
from desktop.store.identity import SecretsPlace
from desktop.trouble import KeyringUnreachable, SecretsMissing, SecretsUnreadable, SecretsUnwritable
from tests.desktop.shop import OTHER_TILL, PIN_KEY, SECRETS, TILL

BACKEND = '''
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class FolderKeyring(KeyringBackend):
    """A whole keyring in a folder, for a test to look into."""

    priority = 1

    def _path(self, service, username):
        return Path(os.environ["TEST_KEYRING"]) / f"{service} {username}"

    def get_password(self, service, username):
        path = self._path(service, username)
        return path.read_text() if path.exists() else None

    def set_password(self, service, username, password):
        self._path(service, username).write_text(password)


class AskingKeyring(FolderKeyring):
    """One that wants its password typed."""

    def get_password(self, service, username):
        import getpass

        return getpass.getpass()

    set_password = get_password
'''


@pytest.fixture
def keyring_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A keyring of the user's own choice, as Python's keyring finds it."""
    folder = tmp_path / "keyring"
    folder.mkdir()
    (tmp_path / "test_keyring_backend.py").write_text(BACKEND)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("TEST_KEYRING", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "test_keyring_backend.FolderKeyring")
    monkeypatch.delenv(PLACE_VARIABLE, raising=False)
    return folder


def test_a_file_is_this_users_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "secrets"
    keeper = FileSecrets(folder)
    keeper.save(TILL, SECRETS)
    keeper.save(TILL, SECRETS)
    keeper.save(OTHER_TILL, TillSecrets("another", PIN_KEY))
    assert keeper.load(TILL) == SECRETS
    assert keeper.load(OTHER_TILL).token == "another"
    if os.name == "posix":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert len(list(folder.iterdir())) == 2


def test_a_file_that_is_gone_broken_or_out_of_reach(tmp_path: Path) -> None:
    keeper = FileSecrets(tmp_path)
    with pytest.raises(SecretsMissing):
        keeper.load(TILL)
    path = tmp_path / f"till-{TILL}.json"
    for content in (b'{"token": "half', b"{}", b"[]", b'{"token": "t", "pin_key": "%"}', b"\xff\xff"):
        path.write_bytes(content)
        with pytest.raises(SecretsMissing):
            keeper.load(TILL)
    path.unlink()
    path.mkdir()
    with pytest.raises(SecretsUnreadable) as unreadable:
        keeper.load(TILL)
    assert (unreadable.value.path, unreadable.value.cause) == (path, "Is a directory")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SecretsUnwritable) as unwritable:
        FileSecrets(tmp_path / "file").save(TILL, SECRETS)
    assert unwritable.value.path == tmp_path / "file" / path.name


def test_secrets_are_never_shown() -> None:
    assert "token" not in repr(SECRETS)
    assert repr(PIN_KEY) not in repr(SECRETS)


def test_a_keyring_keeps_each_till_by_its_name(keyring_folder: Path, tmp_path: Path) -> None:
    assert keep_new(TILL, SECRETS, tmp_path) is SecretsPlace.KEYRING
    assert [path.name for path in keyring_folder.iterdir()] == [f"tillstamp till-{TILL}"]
    assert keeper_of(SecretsPlace.KEYRING, tmp_path).load(TILL) == SECRETS
    with pytest.raises(SecretsMissing):
        KeyringSecrets().load(OTHER_TILL)


def test_the_users_keyring_is_left_alone_where_a_file_is_asked_for(keyring_folder: Path, tmp_path: Path) -> None:
    assert keep_new(TILL, SECRETS, tmp_path, {PLACE_VARIABLE: "file"}) is SecretsPlace.FILE
    assert list(keyring_folder.iterdir()) == []
    assert keeper_of(SecretsPlace.FILE, tmp_path).load(TILL) == SECRETS


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")
def test_without_a_keyring_a_file_is_chosen_and_a_till_that_had_one_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    with pytest.raises(KeyringUnreachable):
        KeyringSecrets().load(TILL)
    assert keep_new(TILL, SECRETS, tmp_path, {}) is SecretsPlace.FILE


@pytest.mark.parametrize(
    "backend",
    [
        "test_keyring_backend.AskingKeyring",
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyring.backends.chainer.ChainerBackend",
        "nowhere.Keyring",
    ],
)
def test_a_keyring_that_asks_or_keeps_nothing_is_out_of_reach(
    keyring_folder: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    with pytest.raises(KeyringUnreachable):
        KeyringSecrets().load(TILL)
    with pytest.raises(KeyringUnreachable):
        KeyringSecrets().save(TillId(TILL), SECRETS)


def test_a_process_that_cannot_start_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no python here")
    with pytest.raises(KeyringUnreachable):
        KeyringSecrets().load(TILL)
    assert own_process.is_frozen() is False
