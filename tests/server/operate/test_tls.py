"""TLS from files: what is wrong with them is said in words, and a renewed pair is taken over without a restart."""

import shutil
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.operate.tls import Tls
from server.trouble import CertificateTrouble
from tests.shape.source import ROOT

MADE = ROOT / "tests" / "desktop" / "sync" / "certificates"
VALID, ENDED = MADE / "valid.pem", MADE / "ended.pem"


def blocks(file: Path) -> tuple[str, str]:
    """The certificate and the key of one of these files."""
    certificate, begin, key = file.read_text().partition("-----BEGIN PRIVATE KEY")
    return certificate, begin + key


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate and its key, in two files."""
    certificate, key = tmp_path / "shop.crt", tmp_path / "shop.key"
    for file, content in zip((certificate, key), blocks(VALID), strict=True):
        file.write_text(content)
    return certificate, key


def replace(file: Path, content: str) -> None:
    """As whoever renews certificates does it."""
    fresh = file.with_suffix(".new")
    fresh.write_text(content)
    fresh.replace(file)


def test_it_says_what_it_presents(pair: tuple[Path, Path]) -> None:
    shown = Tls(*pair).presented()
    assert shown.names == ("127.0.0.1",)
    assert shown.ends_at == datetime(2120, 1, 1, tzinfo=UTC)


def test_certificate_and_key_may_lie_in_one_file_and_one_that_ended_can_still_be_read() -> None:
    shown = Tls(ENDED, None).presented()
    assert shown.ends_at.year == 2001


def test_a_file_that_is_not_there_is_named_with_its_setting(pair: tuple[Path, Path]) -> None:
    certificate, key = pair
    with pytest.raises(CertificateTrouble, match=r"shop.key.none cannot be read.*TILLSTAMP_TLS_KEY"):
        Tls(certificate, key.with_suffix(".key.none"))
    with pytest.raises(CertificateTrouble, match=r"cannot be read.*TILLSTAMP_TLS_CERTIFICATE"):
        Tls(certificate.parent, key)


def test_the_two_files_in_the_wrong_places_are_noticed(pair: tuple[Path, Path]) -> None:
    certificate, key = pair
    with pytest.raises(CertificateTrouble, match="holds no certificate"):
        Tls(key, certificate)
    with pytest.raises(CertificateTrouble, match="holds no private key"):
        Tls(certificate, certificate)


def test_a_key_of_another_certificate_is_noticed(pair: tuple[Path, Path]) -> None:
    certificate, key = pair
    key.write_text(blocks(ENDED)[1])
    with pytest.raises(CertificateTrouble, match="is not that of the certificate"):
        Tls(certificate, key)


def test_a_broken_certificate_is_noticed(pair: tuple[Path, Path]) -> None:
    certificate, key = pair
    certificate.write_text(certificate.read_text().replace("MII", "AAA"))
    with pytest.raises(CertificateTrouble, match="cannot be used"):
        Tls(certificate, key)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="only openssl puts a passphrase on a key here")
def test_a_passphrase_is_asked_of_nobody(pair: tuple[Path, Path]) -> None:
    certificate, key = pair
    locked = key.with_suffix(".locked")
    command = ["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:secret", "-out", locked]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    with pytest.raises(CertificateTrouble, match="wants a passphrase"):
        Tls(certificate, locked)


def test_a_renewed_pair_is_taken_over_while_it_serves(pair: tuple[Path, Path]) -> None:
    certificate, key = pair
    for file, content in zip(pair, blocks(ENDED), strict=True):
        replace(file, content)
    tls = Tls(certificate, key)
    told: list[CertificateTrouble | None] = []
    stopping, heard = threading.Event(), threading.Semaphore(0)

    def tell(outcome: CertificateTrouble | None) -> None:
        told.append(outcome)
        heard.release()

    watch = threading.Thread(target=tls.watch, args=(stopping, tell, 0.01))
    watch.start()
    try:
        # The certificate alone: half of a renewal, and the pair before it stays good.
        replace(certificate, blocks(VALID)[0])
        assert heard.acquire(timeout=30)
        assert isinstance(told[0], CertificateTrouble)
        replace(key, blocks(VALID)[1])
        assert heard.acquire(timeout=30)
    finally:
        stopping.set()
        watch.join()
    assert told[1:] == [None]
    assert tls.presented().ends_at.year == 2120


def test_what_is_of_no_use_leaves_the_pair_before_in_place_and_is_told_once(pair: tuple[Path, Path]) -> None:
    tls = Tls(*pair)
    replace(pair[1], blocks(ENDED)[1])
    with pytest.raises(CertificateTrouble):
        tls.take_over()
    assert tls.take_over() is False
    assert tls.presented().ends_at.year == 2120
