"""What the log of a real server says of requests: whose they were and how they ended, and nothing of any person."""

import json
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server.store import migrate
from server.store.engine import make_engine
from tests.helpers.clock import ManualClock
from tests.helpers.served_hub import PATIENCE_S, ServedHub
from tests.helpers.shop import Shop, WireTill

FAILS_OVER = "ALTER TABLE cards ADD CONSTRAINT no_zoe CHECK (name <> 'Zoe Customer')"


@pytest.fixture
def till(fresh_database: Callable[..., str]) -> Iterator[WireTill]:
    engine = make_engine(fresh_database(migrate.upgrade))
    yield Shop.open(engine, ManualClock()).till()
    engine.dispose()


@pytest.fixture
def hub(till: WireTill, tmp_path: Path) -> Iterator[ServedHub]:
    url = till.shop.engine.url.render_as_string(hide_password=False)
    running = ServedHub(url, tmp_path, log_level="debug")
    yield running
    running.stop()


def ask(hub: ServedHub, till: WireTill, path: str, said: object = None) -> Any:
    body = None if said is None else json.dumps(said).encode()
    request = urllib.request.Request(hub.address + path, body, {"Authorization": f"Bearer {till.token}"})  # noqa: S310 - our own process
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 - our own process
        return json.load(answer)


def test_lines_of_a_request_say_whose_it_is_and_nothing_of_a_person(hub: ServedHub, till: WireTill) -> None:
    with till.shop.engine.begin() as connection:
        connection.execute(text(FAILS_OVER))
    enrol = till.enrol_card(name="Zoe Customer", phone="+352123456", email="zoe@example.org")
    note = till.stamp(uuid.UUID(enrol["card_id"]), notes="asked for Zoe")
    answer = ask(hub, till, "/v1/sync/push", till.request([enrol, note, till.enrol_card(name="Yan")]))
    assert [verdict["outcome"] for verdict in answer["verdicts"]] == ["parked", "parked", "accepted"]
    ask(hub, till, "/v1/sync/pull")
    logged = hub.stop()[1]
    lines = [json.loads(line) for line in logged.splitlines()]

    [failed] = [line for line in lines if line["level"] == "error"]
    [pushed] = [line for line in lines if line.get("route") == "/v1/sync/push"]
    [pulled] = [line for line in lines if line.get("route") == "/v1/sync/pull"]
    for line in (failed, pushed, pulled):
        assert (line["merchant"], line["till"]) == (str(till.shop.merchant_id), str(till.till_id))
    assert failed["request"] == pushed["request"] != pulled["request"]
    assert (pushed["event"], pushed["level"], pushed["status"]) == ("answered", "info", 200)
    assert (pushed["accepted"], pushed["parked"]) == (1, 2)
    assert pulled["level"] == "debug", "tills pull all day"
    assert "no_zoe" not in failed["exception"].replace("violates check constraint (left out)", "")
    assert "CheckViolation" in failed["exception"]
    told = (enrol["number"], enrol["token"], till.token, "Zoe", "352123456", "zoe@", "Yan", "4821", "0042")
    assert [secret for secret in told if secret in logged] == []


def test_what_is_refused_and_what_is_unknown_is_counted_under_few_names(hub: ServedHub, till: WireTill) -> None:
    for path in ("/v1/sync/pull", "/nothing/here", "/nothing/there"):
        request = urllib.request.Request(hub.address + path, headers={"Authorization": "Bearer made-up"})  # noqa: S310 - our own process
        with pytest.raises(OSError, match="HTTP Error"):
            urllib.request.urlopen(request, timeout=PATIENCE_S)  # noqa: S310 - our own process
    assert hub.figure('tillstamp_requests_total{route="other",status="404"}') == 2
    assert hub.figure('tillstamp_requests_total{route="/v1/sync/pull",status="401"}') == 1
    assert "made-up" not in hub.stop()[1]
