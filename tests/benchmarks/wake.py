"""Wake-up: how long a stamp takes from one till to another's book, and what a thousand tills that listen cost.

Real tills with real books and runners, a real server process, a durable PostgreSQL, HTTP over loopback; and, for the
thousand, as many open sockets.
"""

import asyncio
import json
import resource
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from common.wire.events import EVENTS_PATH
from desktop.cashier.engine import Till
from desktop.cashier.looking.look_up import look_up
from desktop.store.cards import CardView
from desktop.sync.exchange import Exchange
from desktop.sync.runner import Runner
from tests.benchmarks.clients import post
from tests.benchmarks.figures import Figure, alone, percentile
from tests.benchmarks.hub import Hub, hub_with_cards
from tests.benchmarks.queues import make_queues
from tests.benchmarks.server_process import HOST
from tests.benchmarks.till import CLOCK, new_till, pull_all, stamp_or_fail
from tests.benchmarks.workshop import Workshop, workshop

CARDS = 5_000
STAMPS = 100
WARM_UP = 5
LISTENERS = 1_000
ROUNDS = 10
AIM_MS = 300

_PAUSE_S = 0.4
"""Between two stamps: customers come one after the other, and a till that was just woken rests for a moment."""
_PATIENCE_S = 30.0
_OPENING_AT_ONCE = 20


def wake() -> list[Figure]:
    """The way of one stamp, and of one that wakes everybody."""
    with workshop() as floor, hub_with_cards(floor, CARDS) as hub:
        return [*_from_till_to_till(floor, hub), *_a_thousand_listen(hub)]


def _from_till_to_till(floor: Workshop, hub: Hub) -> list[Figure]:
    with ExitStack() as stack:
        front, front_exchange = stack.enter_context(new_till(hub, floor.folder / "front"))
        back, back_exchange = stack.enter_context(new_till(hub, floor.folder / "back"))
        for exchange in (front_exchange, back_exchange):
            pull_all(exchange)
        news = threading.Event()
        runners = [_runner(front, front_exchange), _runner(back, back_exchange)]
        runners[1].observe(lambda _state: news.set())
        for runner in runners:
            runner.start()
            stack.callback(runner.stop)
        taken_ms = [_way_of_a_stamp(hub, front, back, news, card.token) for card in hub.cards[: WARM_UP + STAMPS]]
    measured = taken_ms[WARM_UP:]
    what = "a stamp on one till → the other's book, told to its window"
    return [
        alone(f"{what}, p50", percentile(measured, 50), "ms", most=AIM_MS),
        alone(f"{what}, p99", percentile(measured, 99), "ms"),
    ]


def _runner(till: Till, exchange: Exchange) -> Runner:
    runner = Runner(till.book, lambda: exchange, CLOCK, lambda: 1.0)
    till.on_recorded = runner.wake
    return runner


def _way_of_a_stamp(hub: Hub, front: Till, back: Till, news: threading.Event, token: str) -> float:
    """Milliseconds from the cashier's act on one till until the other's window is told to show it."""
    before = _balance(back, token)
    news.clear()
    started = time.perf_counter()
    stamp_or_fail(front, hub, token)
    while _balance(back, token) == before:
        if not news.wait(_PATIENCE_S):
            raise RuntimeError("a stamp never arrived at the other till")
        news.clear()
    taken_ms = (time.perf_counter() - started) * 1_000
    time.sleep(_PAUSE_S)
    return taken_ms


def _balance(till: Till, token: str) -> int:
    found = look_up(till, token)
    if not isinstance(found, CardView):
        raise TypeError(f"the card is not known: {found}")
    return found.confirmed_balance


def _a_thousand_listen(hub: Hub) -> list[Figure]:
    """Each till has a token and a socket of its own; one more till stamps."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    tokens = [hub.shop.till(name=f"listener {number}").token for number in range(LISTENERS)]
    before_mb, threads_before = _resident_mb(hub.server.pid), _threads(hub.server.pid)
    with _listening(hub, tokens) as crowd:
        grown_mb = _resident_mb(hub.server.pid) - before_mb
        threads = _threads(hub.server.pid) - threads_before
        [queue] = make_queues(hub, 1)
        connection = hub.server.connect()
        taken_ms: list[float] = []
        for _ in range(ROUNDS):
            body = queue.body(queue.next_stamps(1))
            started = time.perf_counter()
            answer = post(connection, "/v1/sync/push", body, {"Authorization": f"Bearer {queue.till.token}"})
            committed = time.perf_counter()
            [verdict] = json.loads(answer)["verdicts"]
            taken_ms += [(heard - started) * 1_000 for heard in crowd.wait_for(verdict["ver"])]
            # The answer is sent after the commit, and events may well be quicker than it.
            print(f"(push {1_000 * (committed - started):.0f} ms)", end=" ", flush=True)
        connection.close()
    what = f"{LISTENERS:,} listening tills"
    return [
        alone(f"{what}: from a push to each one's event, p50", percentile(taken_ms, 50), "ms"),
        alone(f"{what}: from a push to each one's event, p99", percentile(taken_ms, 99), "ms", most=AIM_MS),
        alone(f"{what}: the server's memory for each", grown_mb * 1_024 / LISTENERS, "kB"),
        alone(f"{what}: threads of the server more", threads, ""),
    ]


@dataclass(slots=True)
class _Crowd:
    """Streams that are read on a thread of their own; when each first told of a version."""

    loop: asyncio.AbstractEventLoop
    heard: dict[int, list[float]]
    changed: threading.Condition

    def wait_for(self, ver: int) -> Sequence[float]:
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.heard.get(ver, ())) == LISTENERS, _PATIENCE_S):
                raise RuntimeError(f"only {len(self.heard.get(ver, ()))} of {LISTENERS} heard of version {ver}")
            return self.heard[ver]

    async def listen(self, port: int, token: str, opened: asyncio.Semaphore) -> None:
        async with opened:
            reader, writer = await asyncio.open_connection(HOST, port)
            request = f"GET {EVENTS_PATH} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n\r\n"
            writer.write(request.encode())
            status = await reader.readline()
            if b" 200 " not in status:
                raise RuntimeError(f"a stream was answered with {status!r}")
            last = await self._next(reader)
            self._note(0)
        try:
            while True:
                ver = await self._next(reader)
                if ver > last:
                    last = ver
                    self._note(ver)
        finally:
            writer.close()

    async def _next(self, reader: asyncio.StreamReader) -> int:
        while True:
            line = await reader.readline()
            if line.startswith(b"data: "):
                return int(json.loads(line[6:])["ver"])
            if not line:
                raise RuntimeError("a stream ended")

    def _note(self, ver: int) -> None:
        with self.changed:
            self.heard.setdefault(ver, []).append(time.perf_counter())
            self.changed.notify_all()


@contextmanager
def _listening(hub: Hub, tokens: Sequence[str]) -> Iterator[_Crowd]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="crowd")
    thread.start()
    crowd = _Crowd(loop, {}, threading.Condition())

    async def listen() -> None:
        opened = asyncio.Semaphore(_OPENING_AT_ONCE)
        await asyncio.gather(*(crowd.listen(hub.server.port, token, opened) for token in tokens))

    listening = asyncio.run_coroutine_threadsafe(listen(), loop)
    try:
        crowd.wait_for(0)
        yield crowd
    finally:
        listening.cancel()

        async def rest() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(rest(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _resident_mb(pid: int) -> float:
    return int(_status(pid)["VmRSS"].split()[0]) / 1_024


def _threads(pid: int) -> int:
    return int(_status(pid)["Threads"])


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)
