"""HTTPS by the server itself: a till enrols and sells over it, and will have nothing to do with a certificate that is
not for that name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.real_hub import RealHub
from tests.shape.source import ROOT
from tests.world.processes.commands import TillCommands, environment
from tests.world.processes.conftest import NewTill
from tests.world.processes.server_process import ServerProcess

CERTIFICATES = ROOT / "tests" / "desktop" / "sync" / "certificates"


@pytest.fixture(params=["valid"])
def server(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """The server, speaking TLS with one of the certificates."""
    settings = environment(
        TILLSTAMP_DATABASE_URL=database_url,
        TILLSTAMP_DATA_DIR=str(tmp_path / "server"),
        TILLSTAMP_TLS_CERTIFICATE=str(CERTIFICATES / f"{request.param}.pem"),
    )
    with ServerProcess(settings, tmp_path / "server.log") as server:
        yield server


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine has the shop's authority in its store."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "valid.pem"))


@pytest.mark.usefixtures("trusting")
def test_a_till_enrols_and_sells_over_tls(server: ServerProcess, shop: RealHub, new_till: NewTill) -> None:
    assert server.url.startswith("https://127.0.0.1:")
    shop.open_shop()
    till = new_till()
    as_ben = ("--staff", "Ben", "--json")
    number = till("new-card", *as_ben, pin="1357").json["card_number"]
    assert till("stamp", number, *as_ben, pin="1357").json["stamp_count"] == 1
    assert till("sync", "--json").json["waiting"] == 0
    assert "https" in till.status()["server"]


def enrolment(till: TillCommands, url: str) -> str:
    said = till("enrol", "--server", url, "--code", "K7QF-2M9D")
    assert (said.status, said.out) == (3, "")
    return said.err


@pytest.mark.usefixtures("trusting")
def test_another_name_is_none_of_this_certificate(server: ServerProcess, tmp_path: Path) -> None:
    said = enrolment(TillCommands(tmp_path / "till"), server.url.replace("127.0.0.1", "localhost"))
    assert "certificate" in said


@pytest.mark.parametrize("server", ["ended"], indirect=True)
def test_a_certificate_that_ended_is_told_at_the_till(
    server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "ended.pem"))
    assert "certificate" in enrolment(TillCommands(tmp_path / "till"), server.url)
