"""What a pool of transactions needs of us: nothing that a transaction does outlasts it.

`packaging/try-pgbouncer` does it with a real PgBouncer; this looks at the one session that everything was done in.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from server.app import create_app
from server.settings import Settings
from tests.helpers.asgi import Client
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop

# Whatever a session may keep: each would come back to another till's transaction.
KEPT: Final = {
    "its role": "SELECT current_user = session_user AND current_setting('role') = 'none'",
    "its merchant": "SELECT coalesce(current_setting('tillstamp.merchant_id', true), '') = ''",
    "settings": "SELECT coalesce(string_agg(name, ', '), '') = '' FROM pg_settings"
    # A transaction's own, which each begins anew.
    " WHERE source = 'session' AND name NOT LIKE 'transaction%'",
    "prepared statements": "SELECT count(*) = 0 FROM pg_prepared_statements",
    "channels that it listens on": "SELECT count(*) = 0 FROM pg_listening_channels()",
    "cursors": "SELECT count(*) = 0 FROM pg_cursors WHERE is_holdable",
    "locks": "SELECT count(*) = 0 FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'",
    "temporary tables": "SELECT count(*) = 0 FROM pg_class WHERE relnamespace = pg_my_temp_schema()",
}


@pytest.fixture
def pooled(engine: Engine, clock: ManualClock, tmp_path: Path) -> Iterator[FastAPI]:
    """The app, told that its database is a pool of transactions; it has one session."""
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, direct_database_url=url, database_connections=1, data_dir=tmp_path)
    app = create_app(settings, clock)
    yield app
    app.state.hub.engine.dispose()


def kept_by_its_session(app: FastAPI) -> list[str]:
    """What the session that the app would use next has kept."""
    with app.state.hub.engine.connect() as connection:
        return [what for what, nothing in KEPT.items() if not connection.scalar(text(nothing))]


def test_nothing_of_an_exchange_outlasts_its_transactions(pooled: FastAPI, shop: Shop) -> None:
    till = shop.till()
    client = Client(pooled, till.token)
    # More often than psycopg asks before it would prepare.
    for _ in range(8):
        card = till.enrol_card()
        pushed = client.post("/v1/sync/push", till.request([card, till.stamp(card["card_id"])]))
        pulled = client.get("/v1/sync/pull?digest=true")
        refused = Client(pooled, "made-up").get("/v1/sync/pull")
        wrong = client.post("/v1/tills/enrol", {"code": "AAAA-1111", "app_version": "0.1.0", "protocol": 1})
        assert (pushed.status, pulled.status, refused.status, wrong.status) == (200, 200, 401, 401)
        assert client.get("/metrics").status == client.get("/readyz").status == 200
    assert client.post("/v1/tills/token", {}).status == 201
    assert kept_by_its_session(pooled) == []


def test_what_a_session_keeps_would_be_seen(pooled: FastAPI) -> None:
    """Each of the questions can say no."""
    with pooled.state.hub.engine.connect() as connection:
        for keeping in (
            "SET ROLE tillstamp_serve",
            "SET tillstamp.merchant_id = 'somebody'",
            "SET lock_timeout = 1",
            "PREPARE one AS SELECT 1",
            "LISTEN somewhere",
            "DECLARE held CURSOR WITH HOLD FOR SELECT 1",
            "SELECT pg_advisory_lock(1)",
        ):
            connection.execute(text(keeping))
        connection.commit()
        connection.execute(text("RESET ROLE"))
        connection.execute(text("CREATE TEMPORARY TABLE here (it int)"))
        connection.execute(text("SET ROLE tillstamp_serve"))
        connection.commit()
    assert kept_by_its_session(pooled) == list(KEPT)


@pytest.mark.parametrize(
    ("direct", "said", "prepares"),
    [
        (None, None, True),
        ("postgresql://there/it", None, False),
        ("postgresql://there/it", True, True),
        (None, False, False),
    ],
)
def test_names_are_prepared_where_the_database_is_postgresql_itself(
    direct: str | None, said: bool | None, prepares: bool
) -> None:
    settings = Settings(database_url="postgresql://here/it", direct_database_url=direct, prepared_statements=said)
    assert settings.prepares is prepares
    assert (settings.session_url or "").endswith("there/it" if direct else "here/it")
