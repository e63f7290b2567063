"""The network between a till and the server: a relay of our own, so that it can be cut for real and mended again."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

_PART_BYTES = 65_536
_LOOK_AGAIN_S = 0.05


class Relay:
    """Passes bytes between a port of its own and a server, while it is not cut.

    Cut, it breaks what is open and listens no longer: whoever calls is refused, as by an unplugged router. The port
    stays the same over its whole life.
    """

    def __init__(self, port: int = 0) -> None:
        """Listens on `port` of loopback; 0 takes a free one. Raises OSError when the port is taken."""
        self._target: tuple[str, int] | None = None
        self._listener: socket.socket | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._callers: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay")
        self._thread.start()
        self.port = port
        try:
            self._do(self._listen())
        except OSError:
            self.close()
            raise

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def lead_to(self, server_url: str) -> None:
        """Where calls go from now on."""
        parts = urlsplit(server_url)
        self._target = (parts.hostname or "", parts.port or 0)

    def cut(self) -> None:
        """Harmless when it is cut already."""
        self._do(self._hang_up())

    def mend(self) -> None:
        """Harmless when it is not cut."""
        self._do(self._listen())

    def close(self) -> None:
        self._do(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _do(self, step: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(step, self._loop).result()

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self._listener.setblocking(False)
            self.port = self._listener.getsockname()[1]
            self._loop.add_reader(self._listener, self._accept, self._listener)

    def _accept(self, listener: socket.socket) -> None:
        """Accepts by hand: an asyncio.Server that is closed in the middle of it forgets the caller's socket."""
        with contextlib.suppress(BlockingIOError, ConnectionAbortedError):  # Gone again already.
            connection, _address = listener.accept()
            connection.setblocking(False)
            caller = self._loop.create_task(self._take_in(connection))
            self._callers.add(caller)
            caller.add_done_callback(self._callers.discard)

    async def _take_in(self, connection: socket.socket) -> None:
        await self._serve(*await asyncio.open_connection(sock=connection))

    async def _hang_up(self) -> None:
        if self._listener is not None:
            self._loop.remove_reader(self._listener)
            self._listener.close()
            self._listener = None
        me = asyncio.current_task()
        # Until all that were served have seen it, so that nothing of them is left when the loop stops.
        while others := [task for task in asyncio.all_tasks() if task is not me]:
            for line in tuple(self._lines):
                line.transport.abort()
            await asyncio.wait(others, timeout=_LOOK_AGAIN_S)

    async def _serve(self, from_till: asyncio.StreamReader, to_till: asyncio.StreamWriter) -> None:
        lines = [to_till]
        try:
            if self._target is not None:
                self._lines.add(to_till)
                from_server, to_server = await asyncio.open_connection(*self._target)
                lines.append(to_server)
                self._lines.add(to_server)
                await asyncio.gather(_pump(from_till, to_server), _pump(from_server, to_till))
        except OSError:
            pass  # One end is gone: the other one learns of it below.
        finally:
            for line in lines:
                line.close()
                # It may have to wait for somebody who does not read; until then a hang-up must find it.
                with contextlib.suppress(OSError):
                    await line.wait_closed()
            self._lines.difference_update(lines)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while part := await source.read(_PART_BYTES):
        sink.write(part)
        await sink.drain()
    with contextlib.suppress(OSError):
        sink.write_eof()
