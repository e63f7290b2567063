"""Listening: one connection to PostgreSQL for each server process, however many tills listen at it.

It is proven every few seconds by hearing itself, because a line can be deaf without being broken: a pooler that gives
each transaction another connection takes LISTEN and passes nothing on. While it is lost or deaf nobody is told that all
is well, and when it is back everybody looks again, for they may have missed something.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import create_engine

from common.entropy import random_bytes
from common.ids import MerchantId, TillId
from server.store.wake.announce import CHANNEL

PROVE_EVERY_S: Final = 10.0
_ANSWER_S: Final = 10.0
"""For one statement on a line that may be dead without anybody having told us."""
_AGAIN_S: Final = 0.5

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What a listener was told since it last asked: the newest version, and whether to look for itself."""

    ver: int | None
    look_again: bool


class Listener:
    """One open stream. It keeps the newest version only, so that one who reads slowly costs no more than another."""

    def __init__(self, till_id: TillId) -> None:
        self.till_id = till_id
        self._something = asyncio.Event()
        self._ver: int | None = None
        self._look_again = False

    def tell(self, ver: int | None) -> None:
        """The merchant's version is `ver`; None: look for yourself."""
        if ver is None:
            self._look_again = True
        else:
            self._ver = ver if self._ver is None else max(self._ver, ver)
        self._something.set()

    async def wait(self, most_s: float) -> Told | None:
        """What was told since the last call, at once or as soon as it comes; None when nothing came in time."""
        try:
            async with asyncio.timeout(most_s):
                await self._something.wait()
        except TimeoutError:
            return None
        self._something.clear()
        told, self._ver, self._look_again = Told(self._ver, self._look_again), None, False
        return told


class Deaf(Exception):
    """The line does not hear what is said on it."""


class Wake:
    """Passes on what PostgreSQL announces, at its own address or a pool of sessions. Of the event loop's thread alone.

    Attributes:
        listeners: the open streams of each merchant that has any.
        hearing: whether the line to PostgreSQL is proven.
        closed: the server stops; every stream ends.
    """

    def __init__(self, url: str, on_hearing: Callable[[bool], object] = lambda _hears: None) -> None:
        engine = create_engine(url)
        self._connect_args = engine.dialect.create_connect_args(engine.url)
        self._on_hearing = on_hearing
        on_hearing(False)
        self.listeners: dict[MerchantId, set[Listener]] = {}
        # By which this process tells its own voice from the others' on the same channel.
        self._voice = random_bytes(8).hex()
        self._heard_itself = False
        self.hearing = False
        self.closed = False

    @contextmanager
    def listening(self, merchant_id: MerchantId, till_id: TillId) -> Iterator[Listener]:
        """A listener for what one merchant's tills must know, for the time of the block."""
        listener = Listener(till_id)
        self.listeners.setdefault(merchant_id, set()).add(listener)
        try:
            yield listener
        finally:
            others = self.listeners[merchant_id]
            others.discard(listener)
            if not others:
                del self.listeners[merchant_id]

    def close(self) -> None:
        """Let every stream end: the server waits for them before it stops."""
        self.closed = True
        self._tell_all()

    async def run(self) -> None:
        """Listen until cancelled, through every restart of the database."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError, Deaf) as error:
                if self.hearing:
                    _log.info("the wake-up lost its line to the database", trouble=type(error).__name__)
            finally:
                self._note(hearing=False)
            await asyncio.sleep(_AGAIN_S)

    async def _listen(self) -> None:
        args, options = self._connect_args
        connect = psycopg.AsyncConnection.connect(*args, **{"connect_timeout": 5, **options, "autocommit": True})
        async with await connect as connection:
            async with asyncio.timeout(_ANSWER_S):
                await connection.execute(f"LISTEN {CHANNEL}")
            while True:
                await self._prove_and_hear(connection)

    async def _prove_and_hear(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Speak once, and pass on what is heard for a while. Raises Deaf when our own voice was not part of it."""
        self._heard_itself = False
        async with asyncio.timeout(_ANSWER_S):
            await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, self._voice))
        async for notice in connection.notifies(timeout=PROVE_EVERY_S):
            # Whoever reads what he is told slowly holds nobody up here: telling only leaves a note.
            self._pass_on(notice.payload)
        if not self._heard_itself:
            raise Deaf

    def _hear_itself(self) -> None:
        self._heard_itself = True
        if not self.hearing:
            self._note(hearing=True)
            self._tell_all()

    def _note(self, *, hearing: bool) -> None:
        self.hearing = hearing
        self._on_hearing(hearing)

    def _pass_on(self, payload: str) -> None:
        if payload == self._voice:
            self._hear_itself()
            return
        merchant, _, said = payload.partition(" ")
        try:
            listeners = self.listeners.get(MerchantId(UUID(merchant)), ())
            ver, till_id = (int(said), None) if said.isdecimal() else (None, UUID(said))
        except ValueError:
            return  # The voice of another process, or of a program to come.
        for listener in listeners:
            if till_id is None or listener.till_id == till_id:
                listener.tell(ver)

    def _tell_all(self) -> None:
        for listeners in self.listeners.values():
            for listener in listeners:
                listener.tell(None)
