"""A runner that listens: what an event brings at once, and that a stream which fails costs only delay."""

import http.client
import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedIOBase
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from common.clock import SystemClock
from common.ids import CardId
from desktop.cashier.engine import Till
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.sync import plan as plan_module
from desktop.sync.exchange import Exchange
from desktop.sync.line import listener as listener_module
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.link import Link
from desktop.sync.plan import PULL_APART_LEAST_MS, PULL_WHILE_LISTENING_MS
from desktop.sync.runner import Runner
from server.store.migrate import upgrade
from tests.desktop.sync.scripted_server import Reply, Request, answering, free_port, problem, raw, sending, serving
from tests.desktop.sync.small_hub import SmallHub
from tests.desktop.sync.test_with_the_real_hub import ana, new_card, till_of
from tests.helpers.books import TestTill
from tests.helpers.databases import Databases
from tests.helpers.real_hub import RealHub, running_hub

PATIENCE_MS = 20_000
"""Less than the pull rests while a stream lives: what comes within it, an event brought."""

assert PATIENCE_MS < PULL_WHILE_LISTENING_MS

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
EVENTS = "/v1/sync/events"


class TalkingHub(SmallHub):
    """A small hub that also tells of changes, when the test says so.

    Attributes:
        instead: answers the requests for a stream, as soon as it is set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.instead: Reply | None = None
        self.tokens: list[str] = []
        self._to_say: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def __call__(self, request: Request, out: BufferedIOBase) -> None:
        if not request.path.startswith(EVENTS):
            super().__call__(request, out)
            return
        self.tokens.append(request.headers["authorization"])
        if self.instead is not None:
            self.instead(request, out)
            return
        out.write(HEAD + b":\n\n")
        out.flush()
        while (said := self._to_say.get()) is not None:
            out.write(said)
            out.flush()

    def tell(self, ver: int) -> None:
        self._to_say.put(b'event: changed\ndata: {"ver": %d}\n\n' % ver)

    def hang_up(self) -> None:
        self._to_say.put(None)


def exchange_of(till: TestTill, url: str, token: str = "till-token") -> Exchange:  # noqa: S107 - a test's
    link = Link(ServerAddress(url), token, till.clock)
    return Exchange(till.book, link, till.clock, stream=link.beside())


@contextmanager
def listening(till: TestTill, hub: TalkingHub) -> Iterator[Runner]:
    """A runner that has just pulled for the first time with a stream that lives: by habit it rests for long now."""
    with serving(hub) as server:
        runner = Runner(till.book, lambda: exchange_of(till, server.url), till.clock, lambda: 0.0)
        runner.start()
        try:
            assert runner.wait_until(lambda: bool(hub.tokens), PATIENCE_MS)
            hub.ver += 1
            hub.tell(hub.ver)
            assert runner.wait_until(lambda: till.identity().synced_ver == hub.ver, PATIENCE_MS)
            yield runner
        finally:
            hub.hang_up()
            runner.stop()


def test_an_event_brings_a_pull_and_what_is_known_already_brings_none(till: TestTill) -> None:
    hub = TalkingHub()
    with listening(till, hub) as runner:
        for _ in range(3):
            hub.ver += 1
            hub.tell(hub.ver)
            assert runner.wait_until(lambda: till.identity().synced_ver == hub.ver, PATIENCE_MS)
        before = hub.pulls
        hub.tell(hub.ver)
        assert not runner.wait_until(lambda: hub.pulls > before, 3 * PULL_APART_LEAST_MS)


def test_a_version_below_ones_own_brings_a_pull_too(till: TestTill) -> None:
    """A server that went back in time is found out as quickly as everything else."""
    hub = TalkingHub()
    with listening(till, hub) as runner:
        before = hub.pulls
        hub.tell(1)
        assert runner.wait_until(lambda: hub.pulls > before, PATIENCE_MS)


def test_without_its_stream_the_till_pulls_as_ever_and_is_as_online_as_before(till: TestTill) -> None:
    hub = TalkingHub()
    with listening(till, hub) as runner:
        hub.instead = problem(404, "not_found")
        hub.hang_up()
        assert runner.wait_until(lambda: len(hub.tokens) > 1, PATIENCE_MS)
        hub.ver += 1
        assert runner.wait_until(lambda: till.identity().synced_ver == hub.ver, PATIENCE_MS)
        assert runner.state.online is True
        assert runner.state.offline_since is None
        assert runner.state.failure is None


def test_a_new_enrolment_listens_with_its_new_token(till: TestTill) -> None:
    hub = TalkingHub()
    tokens = ["new-token", "old-token"]
    with serving(hub) as server:
        runner = Runner(till.book, lambda: exchange_of(till, server.url, tokens.pop()), till.clock, lambda: 0.0)
        runner.start()
        assert runner.wait_until(lambda: hub.tokens == ["Bearer old-token"], PATIENCE_MS)
        runner.reconnect()
        assert runner.wait_until(lambda: hub.tokens[-1] == "Bearer new-token", PATIENCE_MS)
        # One of the two is heard by the old stream's thread, which nobody reads any more.
        hub.hang_up()
        hub.hang_up()
        runner.stop()


def passing_on(hub_url: str, instead: Reply | None) -> Reply:
    """A proxy that passes everything on, but answers for the stream itself where the test says how."""
    address = urlsplit(hub_url)

    def reply(request: Request, out: BufferedIOBase) -> None:
        if instead is not None and request.path.startswith(EVENTS):
            instead(request, out)
            return
        connection = http.client.HTTPConnection(address.hostname or "", address.port)
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "accept-encoding")}
        connection.request(request.method, request.path, request.body or None, headers)
        answer = connection.getresponse()
        out.write(raw(answer.status, answer.read(), answer.headers["Content-Type"]))
        connection.close()

    return reply


def keeping_back(closing: threading.Event) -> Reply:
    """It answers, and keeps everything that the server says for later."""

    def reply(_: Request, out: BufferedIOBase) -> None:
        out.write(HEAD)
        out.flush()
        closing.wait()

    return reply


@contextmanager
def at_work(till: Till, exchange: Exchange) -> Iterator[Runner]:
    runner = Runner(till.book, lambda: exchange, SystemClock(), lambda: 0.0)
    till.on_recorded = runner.wake
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def balance(till: Till, card_id: CardId) -> int | None:
    card = card_again(till, card_id)
    return None if card is None else card.confirmed_balance


@contextmanager
def two_tills(
    hub: RealHub, template: Path, folder: Path, url: str | None = None
) -> Iterator[tuple[Till, Till, Runner]]:
    """A front till, and one at the port that meets the server at `url`; both at work, with the port's runner."""
    with ExitStack() as stack:
        front, front_exchange = stack.enter_context(till_of(hub, template, folder / "front"))
        port, port_exchange = stack.enter_context(till_of(hub, template, folder / "port", "port"))
        if url is not None:
            token = port.secrets.token if port.secrets is not None else ""
            link = Link(ServerAddress(url), token, SystemClock())
            port_exchange = Exchange(port.book, link, SystemClock(), stream=link.beside())
        stack.enter_context(at_work(front, front_exchange))
        yield front, port, stack.enter_context(at_work(port, port_exchange))


def arrives(front: Till, port: Till, runner: Runner, times: int = 1) -> bool:
    """Whether a card that is made and stamped on one till shows on the other."""
    for _ in range(times):
        card_id = new_card(front)
        assert isinstance(stamp(front, ana(front), card_id), Recorded)
        if not runner.wait_until(lambda made=card_id: balance(port, made) == 1, PATIENCE_MS):  # type: ignore[misc]  # this turn's card
            return False
    return True


@pytest.fixture
def no_habit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tills pull when an event says so, or when their own operations were judged; by habit not within a test."""
    monkeypatch.setattr(plan_module, "PULL_EVERY_MS", 10 * PATIENCE_MS)


def test_what_one_till_does_the_other_hears_of(hub: RealHub, empty_book: Path, tmp_path: Path, no_habit: None) -> None:
    with two_tills(hub, empty_book, tmp_path) as (front, port, runner):
        assert arrives(front, port, runner, times=3)


@pytest.mark.parametrize("meddling", ["keeps back", "drops", "answers HTML"])
def test_a_proxy_that_spoils_the_stream_costs_only_delay(
    hub: RealHub, empty_book: Path, tmp_path: Path, meddling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "SILENCE_MOST_S", 0.5)
    closing = threading.Event()
    instead = {
        "keeps back": keeping_back(closing),
        "drops": sending(b""),
        "answers HTML": answering(200, b"<html>Welcome to the Hotel</html>", "text/html"),
    }[meddling]
    with (
        serving(passing_on(hub.url, instead)) as proxy,
        two_tills(hub, empty_book, tmp_path, proxy.url) as (front, port, runner),
    ):
        assert arrives(front, port, runner)
        assert any(request.path.startswith(EVENTS) for request in proxy.requests)
        assert runner.state.online is True
        closing.set()


def test_after_a_restart_of_the_server_it_listens_again(databases: Databases, empty_book: Path, tmp_path: Path) -> None:
    url, port_number = databases.make(upgrade), free_port()
    with ExitStack() as tills:
        with running_hub(url, tmp_path / "hub", SystemClock(), port_number) as hub:
            hub.open_shop()
            front, port, runner = tills.enter_context(two_tills(hub, empty_book, tmp_path))
            assert arrives(front, port, runner, times=2)
        card_id = new_card(front)
        with running_hub(url, tmp_path / "hub", SystemClock(), port_number) as hub:
            assert runner.wait_until(lambda: balance(port, card_id) == 0, PATIENCE_MS)
            assert arrives(front, port, runner, times=3)
            tills.close()
    databases.drop(url)
