"""Limits: how often, how much, in which form. Whoever goes beyond is told so, and when to come again."""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from common.wire.push import PushResponse
from server.access.attempts import ATTEMPTS_MAX, WINDOW, place_of
from server.access.enrolment import make_code
from server.api.admission import HEAD_BYTES_MAX
from server.app import create_app
from server.settings import Settings
from tests.helpers.asgi import Answer, Client
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop, WireTill

PUSH, PULL, ENROL = "/v1/sync/push", "/v1/sync/pull", "/v1/tills/enrol"

MakeApp = Callable[..., FastAPI]


@pytest.fixture
def make_app(own_engine: Engine, clock: ManualClock, tmp_path: Path) -> Iterator[MakeApp]:
    """`make_app(till_requests_burst=…)`: a server process of its own on one database and data directory."""
    made: list[FastAPI] = []

    def make(**chosen: Any) -> FastAPI:
        url = own_engine.url.render_as_string(hide_password=False)
        made.append(create_app(Settings(database_url=url, data_dir=tmp_path, **chosen), clock))
        return made[-1]

    yield make
    for app in made:
        app.state.hub.engine.dispose()


@pytest.fixture
def own_shop(own_engine: Engine, clock: ManualClock) -> Shop:
    return Shop.open(own_engine, clock)


def at(app: FastAPI, host: str, forwarded_for: str | None = None) -> Answer:
    """A pull of nobody, from an address, perhaps through a proxy that names another."""
    headers = {} if forwarded_for is None else {"x-forwarded-for": forwarded_for}
    return Client(app, "made up", host).get(PULL, **headers)


def is_limited(answer: Answer) -> bool:
    if answer.status != 429:
        return False
    assert int(answer.headers["retry-after"]) >= 1
    return True


def test_a_till_that_asks_too_often_waits_and_no_other(make_app: MakeApp, own_shop: Shop) -> None:
    app = make_app(till_requests_burst=3, till_requests_per_s=0.5)
    wild, calm = own_shop.till(name="wild"), own_shop.till(name="calm")
    answers = [Client(app, wild.token).get(PULL) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert (answers[-1].code, answers[-1].headers["retry-after"]) == ("too_many_requests", "2")
    assert Client(app, calm.token).get(PULL).status == 200
    own_shop.clock.advance(timedelta(seconds=2))
    assert Client(app, wild.token).get(PULL).status == 200


def test_an_address_pays_for_every_token_that_it_makes_up(make_app: MakeApp) -> None:
    app = make_app(address_requests_burst=5, address_requests_per_s=1)
    answers = [Client(app, f"made up {number}", "192.0.2.1").get(PULL) for number in range(6)]
    assert [answer.status for answer in answers] == [401] * 5 + [429]
    assert at(app, "192.0.2.2").status == 401


def test_who_keeps_the_server_running_may_ask_always(make_app: MakeApp) -> None:
    app = make_app(address_requests_burst=1, address_requests_per_s=0.1, till_requests_burst=1)
    client = Client(app, "a token")
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
        assert [client.get(path).status for _ in range(3)] == [200] * 3, path


def test_only_a_trusted_proxy_speaks_for_others(make_app: MakeApp) -> None:
    one_each: dict[str, Any] = {"address_requests_burst": 1, "address_requests_per_s": 0.1}
    trusting = make_app(trusted_proxies="192.0.2.0/24, 2001:db8::1", **one_each)
    for proxy in ("192.0.2.9", "2001:db8::1"):
        for till in (f"198.51.100.{len(proxy)}", f"203.0.113.{len(proxy)}"):
            through = [at(trusting, proxy, f"10.9.9.9, {till}").status for _ in range(2)]
            assert through == [401, 429], "what stands before the proxy's own word may be anybody's"
    stranger = [at(trusting, "198.51.100.99", f"198.51.100.{n}").status for n in range(2)]
    assert stranger == [401, 429], "who is no proxy speaks for himself"
    plain = make_app(**one_each)
    assert [at(plain, "127.0.0.1", f"198.51.100.{n}").status for n in range(2)] == [401, 429]


@pytest.mark.parametrize("proxies", ["*", "proxy.example", "192.0.2.1/8", "192.0.2.1;192.0.2.2"])
def test_a_proxy_is_an_address(proxies: str) -> None:
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(trusted_proxies=proxies)


def test_a_queue_drains_through_a_narrow_limit_and_nothing_is_lost(make_app: MakeApp, own_shop: Shop) -> None:
    """What a till does: the same batch again, after Retry-After."""
    till = own_shop.till()
    client = Client(make_app(till_requests_burst=2, till_requests_per_s=0.5), till.token)
    waited, batches = 0, [[till.enrol_card() for _ in range(20)] for _ in range(12)]
    for batch in batches:
        request = till.request(batch)
        while is_limited(answer := client.post(PUSH, request)):
            waited += 1
            own_shop.clock.advance(timedelta(seconds=int(answer.headers["retry-after"])))
        assert len(PushResponse.model_validate_json(answer.body).verdicts) == 20
    assert waited == 10, "each wait was long enough"
    assert len(own_shop.rows("operations")) == 240


@pytest.mark.parametrize("path", [PULL, "/healthz", "/nowhere"])
def test_headers_and_query_are_bounded(client: Client, path: str) -> None:
    assert client.get(path, **{"x-padding": "x" * 8_000}).status != 400
    assert client.get(path, **{"x-padding": "x" * HEAD_BYTES_MAX}).code == "malformed"
    assert client.get(f"{path}?cursor={'x' * HEAD_BYTES_MAX}").code == "malformed"


@pytest.mark.parametrize("path", [PUSH, ENROL])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "x"])
def test_a_compressed_body_is_not_taken(client: Client, till: WireTill, path: str, encoding: str) -> None:
    body = json.dumps(till.request([])).encode()
    squeezed = zlib.compress(body) if encoding == "deflate" else gzip.compress(body)
    answer = client.post(path, squeezed, **{"content-encoding": encoding})
    assert (answer.status, answer.code) == (415, "encoding_not_supported")


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_a_body_as_it_is_may_say_so(client: Client, till: WireTill, encoding: str) -> None:
    assert client.post(PUSH, till.request([]), **{"content-encoding": encoding}).status == 200


def enrol(client: Client, code: str = "AAAA-1111") -> Answer:
    return client.post(ENROL, {"code": code, "app_version": "0.1.0", "protocol": 1})


def code_of(shop: Shop, till: str) -> str:
    with shop.engine.begin() as connection:
        place: dict[str, Any] = {"merchant_id": shop.merchant_id, "store_id": shop.stores["gare"]}
        return make_code(connection, till_name=till, now=shop.clock.now(), **place).code


def test_ten_wrong_codes_and_then_none_is_looked_at(make_app: MakeApp, own_shop: Shop) -> None:
    app = make_app()
    here, elsewhere = Client(app, host="192.0.2.1"), Client(app, host="192.0.2.2")
    for _ in range(ATTEMPTS_MAX):
        assert enrol(here).code == "enrolment_code_invalid"
        own_shop.clock.advance(timedelta(minutes=1))
    answer = enrol(here, code_of(own_shop, "front"))
    assert (answer.status, answer.code) == (429, "too_many_attempts")
    assert answer.headers["retry-after"] == str(50 * 60), "when the first is an hour old"
    assert enrol(elsewhere, code_of(own_shop, "back")).status == 201, "and only from there"


def test_an_attempt_counts_for_an_hour(make_app: MakeApp, own_shop: Shop) -> None:
    """Ten in any hour, not ten in each: after the first has ended, one more may be made, and only one."""
    here = Client(make_app(), host="192.0.2.1")
    for _ in range(ATTEMPTS_MAX):
        enrol(here)
        own_shop.clock.advance(timedelta(minutes=5))
    answer = enrol(here)
    own_shop.clock.advance(timedelta(seconds=int(answer.headers["retry-after"])))
    assert [enrol(here).status for _ in range(2)] == [401, 429]
    own_shop.clock.advance(WINDOW)
    assert [enrol(here).status for _ in range(ATTEMPTS_MAX + 1)] == [401] * ATTEMPTS_MAX + [429]


def test_it_holds_over_processes_and_a_restart(make_app: MakeApp, own_shop: Shop) -> None:
    """Ten processes on one database and data directory, each new."""
    answers = [enrol(Client(make_app(), host="192.0.2.1")).status for _ in range(ATTEMPTS_MAX + 1)]
    assert answers == [401] * ATTEMPTS_MAX + [429]


def test_who_asks_many_times_at_once_gets_no_more(make_app: MakeApp, own_shop: Shop) -> None:
    apps = [make_app(), make_app()]
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda number: enrol(Client(apps[number % 2])).status, range(3 * ATTEMPTS_MAX)))
    assert Counter(statuses) == {401: ATTEMPTS_MAX, 429: 2 * ATTEMPTS_MAX}


def test_codes_that_work_use_up_nothing(make_app: MakeApp, own_shop: Shop) -> None:
    here = Client(make_app(), host="192.0.2.1")
    for number in range(ATTEMPTS_MAX - 1):
        enrol(here)
        assert enrol(here, code_of(own_shop, f"till {number}")).status == 201
    assert [enrol(here).status for _ in range(2)] == [401, 429]


def test_what_is_no_enrolment_at_all_is_no_attempt(make_app: MakeApp, own_shop: Shop) -> None:
    here = Client(make_app(), host="192.0.2.1")
    for body in (b"", b"{}", b"[]", b"\xff"):
        assert [here.post(ENROL, body).status for _ in range(4)] == [400] * 4
    assert enrol(here, code_of(own_shop, "front")).status == 201


def test_attempts_are_bounded_name_no_address_and_are_forgotten(make_app: MakeApp, own_shop: Shop) -> None:
    app = make_app()
    count = text("SELECT count(*), coalesce(max(cardinality(attempted_at)), 0) FROM enrolment_attempts")
    for number in range(30):
        for _ in range(2):
            enrol(Client(app, host=f"192.0.2.{number}"))
    for _ in range(40):
        enrol(Client(app, host="192.0.2.0"))
    with own_shop.engine.connect() as connection:
        rows, longest = connection.execute(count).one()
        kept = repr(connection.execute(text("SELECT * FROM enrolment_attempts")).all())
    # Two addresses may meet in one place.
    places = {place_of(f"192.0.2.{number}", app.state.hub.receipt_key) for number in range(30)}
    assert (rows, longest) == (len(places), ATTEMPTS_MAX)
    assert "192.0.2" not in kept
    own_shop.clock.advance(WINDOW + timedelta(seconds=1))
    enrol(Client(app, host="198.51.100.1"))
    with own_shop.engine.connect() as connection:
        assert connection.execute(count).one() == (1, 1)


def test_a_place_is_one_of_a_million_and_another_by_another_key() -> None:
    places = {place_of(f"192.0.2.{number}", b"one") for number in range(256)}
    assert all(0 <= place < 2**20 for place in places)
    assert len(places) > 250
    assert place_of("192.0.2.1", b"one") != place_of("192.0.2.1", b"two")
