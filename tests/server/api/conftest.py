"""The server's app on a shop's database, and a client that speaks to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from server.app import create_app
from server.settings import Settings
from tests.helpers.asgi import Client
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop, WireTill
from tests.helpers.shop_fixtures import clock, engine, open_shop, own_engine, shop
from tests.server.store.embedded.conftest import data_dir

__all__ = ["clock", "data_dir", "engine", "open_shop", "own_engine", "shop"]


@pytest.fixture
def app(engine: Engine, clock: ManualClock, tmp_path: Path) -> Iterator[FastAPI]:
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, data_dir=tmp_path), clock)
    yield app
    app.state.hub.engine.dispose()


@pytest.fixture
def till(shop: Shop) -> WireTill:
    return shop.till()


@pytest.fixture
def client(app: FastAPI, till: WireTill) -> Client:
    """Speaks as `till`."""
    return Client(app, till.token)
