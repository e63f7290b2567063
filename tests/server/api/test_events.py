"""The stream that wakes tills, over a socket: what it says, when it is silent, and how it ends."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from server.api import events
from server.app import create_app
from server.merchant.tills import revoke_till
from server.processes.hub_server import HubServer
from server.settings import Settings
from server.store.embedded import EmbeddedPostgres
from server.store.engine import in_transaction, make_engine
from server.store.migrate import upgrade
from tests.helpers.asgi import Client
from tests.helpers.clock import ManualClock
from tests.helpers.event_stream import listening
from tests.helpers.postgres import ask, kill_postmaster
from tests.helpers.real_hub import RealHub, running_hub
from tests.helpers.shop import OpenShop, Shop, WireTill

LISTENERS = "pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_notify%'"


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def hub(engine: Engine, clock: ManualClock, tmp_path: Path) -> Iterator[RealHub]:
    """A running server on the database that this worker's tests share."""
    with running_hub(address(engine), tmp_path / "hub", clock) as hub:
        yield hub


def head(shop: Shop) -> int:
    ver: int = shop.rows("merchant_versions")[0].ver
    return ver


def test_it_begins_with_the_version_of_now_and_tells_each_later_one(hub: RealHub, shop: Shop, till: WireTill) -> None:
    with listening(hub.url, till.token) as stream:
        assert stream.answer.status == 200
        assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
        assert stream.answer.headers["Cache-Control"] == "no-store"
        assert stream.answer.headers["X-Accel-Buffering"] == "no"
        stream.until(head(shop))
        for _ in range(3):
            till.push(till.enrol_card())
            stream.until(head(shop))
        shop.change_terms("daily_limit = 7")
        stream.until(head(shop))


def test_another_merchants_changes_wake_nobody(hub: RealHub, open_shop: OpenShop) -> None:
    ours, others = open_shop(), open_shop()
    till, stranger = ours.till(), others.till()
    with listening(hub.url, till.token) as stream:
        stream.until(head(ours))
        till.push(till.enrol_card())
        stream.until(head(ours))
        for _ in range(20):
            stranger.push(stranger.enrol_card())
        till.push(till.enrol_card())
        assert stream.until(head(ours)) == 1


def test_what_one_server_process_commits_wakes_the_tills_at_another(
    hub: RealHub, engine: Engine, shop: Shop, till: WireTill, tmp_path: Path
) -> None:
    other_till = shop.till(name="back")
    with (
        running_hub(address(engine), tmp_path / "second", shop.clock) as second,
        listening(second.url, other_till.token) as stream,
    ):
        stream.until(head(shop))
        client = Client(create_app(Settings(database_url=address(engine), data_dir=tmp_path), shop.clock), till.token)
        assert client.post("/v1/sync/push", till.request([till.enrol_card()])).status == 200
        client.app.state.hub.engine.dispose()
        stream.until(head(shop))


def test_a_stream_without_news_shows_that_it_lives(
    hub: RealHub, till: WireTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "COMMENT_EVERY_S", 0.02)
    with listening(hub.url, till.token) as stream:
        for _ in range(3):
            stream.next_comment()


def test_a_server_that_cannot_hear_does_not_say_that_all_is_well(
    app: FastAPI, till: WireTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its lifespan the app has no line for what others commit."""
    monkeypatch.setattr(events, "COMMENT_EVERY_S", 0.02)
    server = HubServer(uvicorn.Config(app, port=0, log_config=None, lifespan="off"), app.state.hub.wake)
    thread = threading.Thread(target=server.run, name="deaf hub")
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with listening(f"http://127.0.0.1:{port}", till.token, patience_s=0.5) as stream:
            assert stream.next() is not None
            with pytest.raises(TimeoutError):
                stream.next_comment()
    finally:
        server.should_exit = True
        thread.join()


def test_who_may_not_pull_may_not_listen(client: Client, till: WireTill) -> None:
    assert Client(client.app, "made up").get("/v1/sync/events").code == "token_invalid"
    assert Client(client.app).get("/v1/sync/events").code == "token_invalid"
    revoke(till)
    assert client.get("/v1/sync/events").status == 401
    assert client.get("/v1/sync/events").code == "till_revoked"


def revoke(till: WireTill) -> None:
    in_transaction(
        till.shop.engine,
        lambda connection: revoke_till(
            connection, merchant=till.shop.slug, store="gare", name="front", clock=till.shop.clock
        ),
    )


def test_the_stream_of_a_till_that_is_revoked_ends_and_its_colleagues_goes_on(hub: RealHub, till: WireTill) -> None:
    colleague = till.shop.till(name="back")
    with listening(hub.url, till.token) as stream, listening(hub.url, colleague.token) as other:
        stream.until(head(till.shop))
        other.until(head(till.shop))
        revoke(till)
        assert stream.ends()
        colleague.push(colleague.enrol_card())
        other.until(head(till.shop))


def test_the_stream_of_a_token_that_a_new_enrolment_ended_ends(hub: RealHub, till: WireTill) -> None:
    with listening(hub.url, till.token) as stream:
        assert stream.next() == head(till.shop)
        till.shop.till()
        assert stream.ends()


def test_a_till_whose_revocation_nobody_announced_is_found_out(
    hub: RealHub, till: WireTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "COMMENT_EVERY_S", 0.02)
    monkeypatch.setattr(events, "LOOK_AGAIN_EVERY_S", 0.1)
    with listening(hub.url, till.token) as stream:
        stream.until(head(till.shop))
        ask(address(till.shop.engine), f"UPDATE tills SET revoked_at = now() WHERE till_id = '{till.till_id}'")
        assert stream.ends()


def test_a_server_that_stops_ends_its_streams(engine: Engine, till: WireTill, tmp_path: Path) -> None:
    """A server that waited for them would never return from the block."""
    with ExitStack() as open_streams:
        with running_hub(address(engine), tmp_path / "hub", till.shop.clock) as hub:
            streams = [open_streams.enter_context(listening(hub.url, till.token)) for _ in range(5)]
            for stream in streams:
                assert stream.next() == head(till.shop)
        assert all(stream.ends() for stream in streams)


def test_a_line_to_the_database_that_broke_is_made_anew_and_everybody_looks_again(
    own_engine: Engine, clock: ManualClock, tmp_path: Path
) -> None:
    shop = Shop.open(own_engine, clock)
    till = shop.till()
    with (
        running_hub(address(own_engine), tmp_path / "hub", clock) as hub,
        listening(hub.url, till.token) as stream,
    ):
        shop.change_terms("daily_limit = 7")
        stream.until(head(shop))
        [[pid]] = ask(hub_address := address(own_engine), f"SELECT {LISTENERS} AND pid <> pg_backend_pid()")
        # What is committed while nobody hears is told all the same: this version was announced to nobody.
        ask(
            hub_address,
            f"UPDATE merchant_versions SET ver = ver + 1 WHERE merchant_id = '{shop.merchant_id}';"
            f"SELECT pg_terminate_backend({pid})",
        )
        stream.until(head(shop))
        shop.change_terms("daily_limit = 8")
        stream.until(head(shop))


def test_streams_survive_a_restart_of_the_database(data_dir: Path, tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(data_dir, durable=False)
    url = postgres.start()
    upgrade(url)
    engine, clock = make_engine(url), ManualClock()
    shop = Shop.open(engine, clock)
    till = shop.till()
    try:
        with running_hub(url, tmp_path / "hub", clock) as hub, listening(hub.url, till.token) as stream:
            stream.until(head(shop))
            kill_postmaster(data_dir)
            assert postgres.ensure_running()
            ask(url, f"UPDATE merchant_versions SET ver = ver + 1 WHERE merchant_id = '{shop.merchant_id}'")
            engine.dispose()
            stream.until(head(shop))
            shop.change_terms("daily_limit = 8")
            stream.until(head(shop))
    finally:
        engine.dispose()
        postgres.stop()


def test_the_document_of_the_api_describes_the_stream(app: FastAPI) -> None:
    described = app.openapi()["paths"]["/v1/sync/events"]["get"]["responses"]
    assert list(described["200"]["content"]) == ["text/event-stream"]
    assert json.dumps(described["200"]).count("changed") == 1
    assert list(described["401"]["content"]) == ["application/problem+json"]
