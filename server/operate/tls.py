"""TLS: the server's own certificate and key, from files that whoever renews them may replace while it serves."""

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from server.trouble import CertificateTrouble

LOOK_EVERY_S: Final = 60.0

_NO_CHECK_TIME: Final = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python has no name for: we want to read when a certificate ends."""

Tell = Callable[[CertificateTrouble | None], None]
_Seen = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says of itself.

    Attributes:
        names: the names and addresses that it is for.
    """

    names: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime


class Tls:
    """A certificate and its key, and the context that presents them. A renewed certificate is taken over by `watch`."""

    def __init__(self, certificate: Path, key: Path | None) -> None:
        """Raises CertificateTrouble when the files do not make a pair that can be presented."""
        self._certificate, self._key = certificate, key or certificate
        self._seen = self._look()
        self.context = _loaded(self._certificate, self._key)

    def presented(self) -> Certificate:
        """What a till is shown. Raises CertificateTrouble when the files changed meanwhile and are of no use."""
        return _shown_by(self.context, self._certificate)

    def take_over(self) -> bool:
        """Present what the files hold now; True where they changed. Raises CertificateTrouble, and then presents what
        it did before; asked again it is silent until they change once more."""
        seen = self._look()
        if seen == self._seen:
            return False
        self._seen = seen
        # Tried on a context of its own: one whose key does not fit would be left half changed.
        _loaded(self._certificate, self._key)
        self.context.load_cert_chain(self._certificate, self._key)
        return True

    def watch(self, stopping: threading.Event, tell: Tell, every_s: float = LOOK_EVERY_S) -> None:
        """Takes renewed files over until `stopping` is set; for a thread of `serve`. `tell` hears each outcome."""
        while not stopping.wait(every_s):
            try:
                renewed = self.take_over()
            except CertificateTrouble as trouble:
                tell(trouble)
            else:
                if renewed:
                    tell(None)

    def _look(self) -> _Seen:
        """What tells one state of the two files from another."""
        try:
            found = [file.stat() for file in (self._certificate, self._key)]
        except OSError:
            return ()
        return tuple((file.st_ino, file.st_size, file.st_mtime_ns) for file in found)


def _loaded(certificate: Path, key: Path) -> ssl.SSLContext:
    for file, marker, what, setting in (
        (certificate, b"BEGIN CERTIFICATE", "certificate", "TILLSTAMP_TLS_CERTIFICATE"),
        (key, b"PRIVATE KEY-", "private key", "TILLSTAMP_TLS_KEY"),
    ):
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CertificateTrouble(
                f"The {what} {file} cannot be read ({error.strerror}). "
                f"Check {setting}, and that the server's user may read the file and enter its folder."
            ) from error
        if marker not in content:
            raise CertificateTrouble(f"{file} holds no {what} in PEM (-----BEGIN ...). Check {setting}.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password=_no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise CertificateTrouble(
                f"The private key in {key} is not that of the certificate in {certificate}. Put the two that were made "
                "together there; in a chain the server's own certificate comes first."
            ) from error
        raise CertificateTrouble(
            f"The certificate in {certificate} and the key in {key} cannot be used ({error.reason or error})."
        ) from error
    return context


def _no_passphrase() -> str:
    raise CertificateTrouble(
        "The private key for TLS wants a passphrase, and nobody is there to type it. Store it without one "
        "(openssl pkey -in KEY -out PLAIN_KEY), readable by the server's user alone."
    )


def _shown_by(server: ssl.SSLContext, certificate: Path) -> Certificate:
    """Ask by a handshake, in memory: what is read is what is shown, and Python parses certificates nowhere else."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    asked = server.wrap_bio(to_server, to_client, server_side=True)
    asking = client.wrap_bio(to_client, to_server)
    try:
        client.load_verify_locations(cafile=certificate)
        for side in (asking, asked, asking):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    except (ssl.SSLError, OSError) as error:
        raise CertificateTrouble(f"The certificate in {certificate} cannot be presented ({error}).") from error
    said = asking.getpeercert() or {}
    names = tuple(str(pair[1]) for pair in said.get("subjectAltName", ()))
    return Certificate(names, _moment(said["notBefore"]), _moment(said["notAfter"]))


def _moment(text: object) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(text)), UTC)
