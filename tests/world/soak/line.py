"""The network between one till and the server: a proxy that does with connections whatever networks do."""

import asyncio
import random
import socket
import struct
from collections import Counter
from contextlib import suppress
from enum import StrEnum
from typing import Final

from tests.demo.hub.relay import Relay

_PART_BYTES: Final = 65_536
_LATENCY_S: Final = (0.02, 0.4)
_SLICE_BYTES: Final = 120
_DRIP_BYTES: Final = 40
_DRIP_S: Final = 0.05
_RESET_AFTER_BYTES: Final = 2_500
_TRUNCATED_AFTER_BYTES: Final = 500

_NO_LINGERING: Final = struct.pack("ii", 1, 0)
_PAGE: Final = b"<!DOCTYPE html><title>Welcome</title><p>Please accept our terms to use this network.</p>"
_HTML: Final = (
    b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
)


class Weather(StrEnum):
    """What happens to a connection."""

    CLEAR = "clear"
    CUT = "connection refused"
    LATENCY = "latency"
    RESET = "reset"
    SLICE = "sliced"
    DRIP = "dripped"
    BLACK_HOLE = "black hole"
    HTML = "HTML answer"
    TRUNCATED = "answer truncated"
    ANSWER_LOST = "answer lost"


class Line(Relay):
    """A relay with weather. `met` counts the connections that met each, but clear ones."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._weather = Weather.CLEAR
        self.met: Counter[str] = Counter()
        super().__init__()

    @property
    def weather(self) -> Weather:
        return self._weather

    def turn(self, weather: Weather) -> None:
        """Other weather from now on; what was open under the old breaks."""
        self.cut()
        self._weather = weather
        if weather is Weather.CUT:
            self.met[weather] += 1
        else:
            self.mend()

    async def _serve(self, from_till: asyncio.StreamReader, to_till: asyncio.StreamWriter) -> None:
        weather = self._weather
        lines = [to_till]
        self._lines.add(to_till)
        try:
            if self._target is not None and not await self._answered_here(weather, from_till, to_till):
                from_server, to_server = await asyncio.open_connection(*self._target)
                lines.append(to_server)
                self._lines.add(to_server)
                up = asyncio.create_task(self._pump(weather, from_till, to_server, answer=False))
                down = asyncio.create_task(self._pump(weather, from_server, to_till, answer=True))
                # One that ends badly, or an answer's end, ends both.
                await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
                for pump in (up, down):
                    pump.cancel()
                await asyncio.gather(up, down, return_exceptions=True)
        except (OSError, asyncio.IncompleteReadError):
            pass  # One end is gone: the other one learns of it below.
        finally:
            for line in lines:
                if weather is Weather.RESET:
                    _let_it_reset(line)
                line.close()
                # It may have to wait for somebody who does not read; until then a hang-up must find it.
                with suppress(OSError):
                    await line.wait_closed()
            self._lines.difference_update(lines)

    async def _answered_here(
        self, weather: Weather, from_till: asyncio.StreamReader, to_till: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection went no further than this."""
        if weather not in (Weather.BLACK_HOLE, Weather.HTML):
            return False
        if await from_till.read(_PART_BYTES):
            self.met[weather] += 1
        if weather is Weather.HTML:
            status = self._chance.choice([b"200 OK", b"502 Bad Gateway", b"511 Network Authentication Required"])
            to_till.write(_HTML % (status, len(_PAGE), _PAGE))
            await to_till.drain()
        while weather is Weather.BLACK_HOLE and await from_till.read(_PART_BYTES):
            continue
        return True

    async def _pump(
        self, weather: Weather, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answer: bool
    ) -> None:
        left = self._chance.randrange(1, _RESET_AFTER_BYTES if weather is Weather.RESET else _TRUNCATED_AFTER_BYTES)
        cutting = weather is Weather.RESET or (weather is Weather.TRUNCATED and answer)
        met = False
        while part := await source.read(_PART_BYTES):
            if weather is not Weather.CLEAR and not met and (answer or weather is Weather.RESET):
                self.met[weather] += 1
                met = True
            match weather:
                case Weather.ANSWER_LOST if answer:
                    return
                case Weather.LATENCY:
                    await asyncio.sleep(self._chance.uniform(*_LATENCY_S))
                case Weather.SLICE:
                    await self._in_pieces(part, sink, self._chance.randrange(1, _SLICE_BYTES), 0.0)
                    continue
                case Weather.DRIP if answer:
                    await self._in_pieces(part, sink, _DRIP_BYTES, _DRIP_S)
                    continue
            sink.write(part[:left] if cutting else part)
            await sink.drain()
            left -= len(part)
            if cutting and left <= 0:
                return

    async def _in_pieces(self, part: bytes, sink: asyncio.StreamWriter, size: int, rest_s: float) -> None:
        for begin in range(0, len(part), size):
            sink.write(part[begin : begin + size])
            await sink.drain()
            await asyncio.sleep(rest_s)


def _let_it_reset(line: asyncio.StreamWriter) -> None:
    """Closed from now on without a good-bye: the other end reads "connection reset by peer"."""
    end: socket.socket | None = line.get_extra_info("socket")
    if end is not None and end.fileno() >= 0:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
