"""Errors are problems with a stable code, and say nothing that is nobody's business."""

import logging
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from server.api import health
from server.app import create_app
from server.logs import without_quoted_rows
from server.settings import Settings
from server.trouble import FileTrouble
from tests.helpers.asgi import Client
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.helpers.shop import Shop, WireTill


def test_nothing_is_here(client: Client) -> None:
    for path in ("/", "/v1", "/v1/sync", "/docs", "/redoc", "/v1/sync/push/", "/v1/cards/1"):
        answer = client.get(path)
        assert (answer.status, answer.code) in {(404, "not_found")}, path


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/sync/push", "POST"),
        ("DELETE", "/v1/sync/pull", "GET"),
        ("HEAD", "/healthz", "GET"),
        ("POST", "/metrics", "GET"),
        ("PUT", "/v1/tills/enrol", "POST"),
        ("BREW", "/readyz", "GET"),
    ],
)
def test_an_address_names_the_methods_that_it_takes(client: Client, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)
    assert (answer.status, answer.code, answer.headers["allow"]) == (405, "method_not_allowed", allowed)


@pytest.mark.logs
def test_a_failure_says_nothing_of_itself_and_goes_on_to_the_log(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_engine: Engine) -> bool:
        raise RuntimeError("the secret is 4821")

    monkeypatch.setattr(health, "is_current", fail)
    answer = client.get("/readyz")
    assert (answer.status, answer.code) == (500, "internal")
    assert b"secret" not in answer.body
    assert b"4821" not in answer.body
    assert isinstance(answer.raised, RuntimeError), "a server logs what reaches it, with its traceback"


@pytest.mark.logs
def test_a_failing_database_statement_quotes_no_customer(
    own_engine: Engine, clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shop = Shop.open(own_engine, clock)
    till = shop.till()
    with own_engine.begin() as connection:
        connection.execute(text("ALTER TABLE cards ADD CHECK (name <> 'Zoe')"))
    app = create_app(Settings(database_url=own_engine.url.render_as_string(False), data_dir=tmp_path), clock)
    answer = Client(app, till.token).post("/v1/sync/push", till.request([till.enrol_card(name="Zoe", phone="123456")]))
    app.state.hub.engine.dispose()
    assert [verdict["code"] for verdict in answer.json()["verdicts"]] == ["server_error"]
    assert b"Zoe" not in answer.body
    logged = without_quoted_rows(None, "error", {"exception": caplog.text})["exception"]
    assert "CheckViolation" in logged
    assert "Zoe" not in logged
    assert "[parameters" not in logged


def test_the_process_is_up(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status, answer.json()) == (200, {"status": "up"})


def test_ready_with_a_current_schema(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status, answer.json()) == (200, {"status": "ready"})


def test_not_ready_with_a_schema_of_another_program(databases: Databases, clock: ManualClock, tmp_path: Path) -> None:
    url = databases.make()
    app = create_app(Settings(database_url=url, data_dir=tmp_path), clock)
    answer = Client(app).get("/readyz")
    app.state.hub.engine.dispose()
    databases.drop(url)
    assert (answer.status, answer.code) == (503, "busy")
    assert answer.json()["detail"] == "The schema is not current."
    assert int(answer.headers["retry-after"]) >= 1


def test_not_ready_without_a_database(clock: ManualClock, tmp_path: Path) -> None:
    # Port 1 of the loopback: nobody answers there.
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    app = create_app(Settings(database_url=url, data_dir=tmp_path), clock)
    client = Client(app, "some token")
    assert (client.get("/readyz").status, client.get("/readyz").code) == (503, "busy")
    assert client.get("/readyz").json()["detail"] == "The database does not answer."
    assert (client.get("/healthz").status, client.get("/v1/sync/pull").status) == (200, 503)
    app.state.hub.engine.dispose()


def test_metrics_are_prometheus(client: Client) -> None:
    answer = client.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"# TYPE" in answer.body


def test_openapi_lists_every_address(client: Client) -> None:
    said = client.get("/openapi.json").json()
    assert {(path, method) for path, methods in said["paths"].items() for method in methods} >= {
        ("/v1/tills/enrol", "post"),
        ("/v1/sync/push", "post"),
        ("/v1/sync/pull", "get"),
        ("/healthz", "get"),
        ("/readyz", "get"),
        ("/metrics", "get"),
    }
    assert {"PushResponse", "PullResponse", "EnrolResponse", "Verdict"} <= set(said["components"]["schemas"])


def test_nothing_secret_or_personal_is_logged(
    app: FastAPI, shop: Shop, till: WireTill, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client = Client(app, till.token)
        enrol = till.enrol_card(name="Zoe Customer", phone="+352123456", email="zoe@example.org")
        client.post("/v1/sync/push", till.request([enrol, till.enrol_card(name="Yan\x00", phone="+352987654")]))
        client.get("/v1/sync/pull")
        Client(app, "a-made-up-token").get("/v1/sync/pull")
        client.post("/v1/tills/enrol", {"code": "AAAA-1111", "app_version": "0.1.0", "protocol": 1})
    for secret in ("Zoe", "352123456", "example.org", "Yan", "352987654", enrol["token"], enrol["number"]):
        assert secret not in caplog.text
    for secret in (till.token, "a-made-up-token", "AAAA-1111"):
        assert secret not in caplog.text


def test_an_app_needs_a_database(clock: ManualClock, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="address of a database"):
        create_app(Settings(database_url=None, data_dir=tmp_path), clock)


def test_an_incarnation_is_made_once(shop: Shop, clock: ManualClock, tmp_path: Path) -> None:
    url = shop.engine.url.render_as_string(hide_password=False)
    first, second = (create_app(Settings(database_url=url, data_dir=tmp_path / "data"), clock) for _ in range(2))
    assert first.state.hub.incarnation == second.state.hub.incarnation != ""
    elsewhere = create_app(Settings(database_url=url, data_dir=tmp_path / "other"), clock)
    assert elsewhere.state.hub.incarnation != first.state.hub.incarnation


def test_a_data_directory_that_cannot_be_used_is_told(shop: Shop, clock: ManualClock, tmp_path: Path) -> None:
    url = shop.engine.url.render_as_string(hide_password=False)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileTrouble, match=r"The data directory .*/file/deeper cannot be used \(Not a directory\)\."):
        create_app(Settings(database_url=url, data_dir=tmp_path / "file" / "deeper"), clock)
