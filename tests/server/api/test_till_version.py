"""The version that tills are told to have."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy import Engine

from server.app import create_app
from server.settings import Settings
from tests.helpers.asgi import Client
from tests.helpers.clock import ManualClock
from tests.helpers.shop import WireTill

PUSH = "/v1/sync/push"


@pytest.fixture
def app(engine: Engine, clock: ManualClock, tmp_path: Path) -> Iterator[FastAPI]:
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, data_dir=tmp_path, till_version="0.2.0"), clock)
    yield app
    app.state.hub.engine.dispose()


def test_every_push_is_told(client: Client, till: WireTill) -> None:
    assert client.post(PUSH, till.request([])).json()["till_version"] == "0.2.0"
    answer = client.post(PUSH, till.request([till.enrol_card()])).json()
    assert (answer["till_version"], answer["verdicts"][0]["outcome"]) == ("0.2.0", "accepted")


@pytest.mark.parametrize("version", ["", "latest", "1.2.3.4.5", "1.0\n", "1." + "9" * 40])
def test_what_is_no_version_is_told_at_the_start(version: str) -> None:
    with pytest.raises(ValidationError):
        Settings(till_version=version)
