"""The demo's network: one relay for each store, on ports that stay the same from run to run where they can."""

from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from tests.demo.hub.relay import Relay
from tests.demo.shop import STORES


class Network:
    """The lines between the stores and the server."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        """`ports` are those of the last run; a store without one, or whose port is taken now, gets a free one."""
        self._closing = ExitStack()
        with ExitStack() as begun:
            self.relays = {store: begun.enter_context(_relay(ports.get(store, 0))) for store in STORES}
            self._closing = begun.pop_all()

    @property
    def ports(self) -> dict[str, int]:
        return {store: relay.port for store, relay in self.relays.items()}

    def lead_to(self, server_url: str) -> None:
        for relay in self.relays.values():
            relay.lead_to(server_url)

    def cut(self) -> None:
        for relay in self.relays.values():
            relay.cut()

    def mend(self) -> None:
        for relay in self.relays.values():
            relay.mend()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()


def _relay(port: int) -> Relay:
    try:
        return Relay(port)
    except OSError:
        return Relay()
