"""What goes wrong on a line. Each waits there for the next request of its till."""

from collections.abc import Callable
from typing import Final

import httpx

from tests.world.simulator.steps import Step
from tests.world.simulator.world.line import Line, LineFault
from tests.world.simulator.world.wire import Reply, Request
from tests.world.simulator.world.world import World

_PORTAL: Final = b"<html><body>Welcome to our free wireless network</body></html>"
_PATIENCE_S: Final = 30.0


class OnTheLine:
    """A fault of the line, as a verb: it is met by the next request."""

    weight = 2

    def __init__(self, make: Callable[[Step], LineFault], name: str, weight: int = 2) -> None:
        self.name = name
        self.weight = weight
        self._make = make

    def strike(self, world: World, step: Step) -> str:
        till = world.till(step)
        if len(till.line.waiting) > 2:
            return "enough waits on this line"
        till.line.waiting.append(self._make(step))
        return f"waits on the line of {till.name}"


class Lost:
    """The request never arrives."""

    name = "request_lost"

    def carry(self, line: Line, _request: Request) -> Reply:
        line.pass_by(_PATIENCE_S)
        raise httpx.ReadTimeout("no answer")


class Refused:
    """Nobody listens at the address."""

    name = "connection_refused"

    def carry(self, _line: Line, _request: Request) -> Reply:
        raise httpx.ConnectError("refused") from ConnectionRefusedError()


class AnswerLost:
    """The request was served and committed, and the answer never comes back."""

    name = "answer_lost"

    def carry(self, line: Line, request: Request) -> Reply:
        line.deliver(request)
        line.pass_by(_PATIENCE_S)
        raise httpx.ReadTimeout("no answer")


class Doubled:
    """The request arrives twice, and the second answer is the one that is heard."""

    name = "request_doubled"

    def carry(self, line: Line, request: Request) -> Reply:
        line.deliver(request)
        return line.deliver(request)


class DoubledLate:
    """A copy of the request arrives long after it was answered."""

    name = "copy_arrives_late"

    def carry(self, line: Line, request: Request) -> Reply:
        line.later(request)
        return line.deliver(request)


class Delayed:
    """The till gives up; the request arrives afterwards, behind others that were sent later."""

    name = "request_delayed"

    def carry(self, line: Line, request: Request) -> Reply:
        line.later(request)
        line.pass_by(_PATIENCE_S)
        raise httpx.ReadTimeout("no answer")


class Truncated:
    """The connection ends in the middle of the answer."""

    name = "answer_truncated"

    def carry(self, line: Line, request: Request) -> Reply:
        line.deliver(request)
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


class CutShort:
    """Half of the answer comes, and looks whole."""

    name = "answer_cut_short"

    def carry(self, line: Line, request: Request) -> Reply:
        reply = line.deliver(request)
        headers = {name: value for name, value in reply.headers.items() if name.lower() != "content-length"}
        return Reply(reply.status, headers, reply.body[: len(reply.body) // 2])


class Portal:
    """A captive portal answers instead; the request goes no further."""

    name = "answered_by_a_portal"

    def carry(self, _line: Line, _request: Request) -> Reply:
        return Reply(200, {"content-type": "text/html"}, _PORTAL)


class BadGateway:
    """A proxy gave up on the server, which had done its work."""

    name = "answered_by_a_proxy"

    def carry(self, line: Line, request: Request) -> Reply:
        line.deliver(request)
        return Reply(502, {"content-type": "text/html"}, b"<html>Bad Gateway</html>")


class Cached:
    """A proxy answers a push with the answer to an earlier one."""

    name = "answered_from_a_cache"

    def __init__(self, before: Reply | None) -> None:
        self._before = before

    def carry(self, line: Line, request: Request) -> Reply:
        reply = line.deliver(request)
        return reply if request.method != "POST" or self._before is None else self._before


class TooLarge:
    """A proxy lets no body of that size through."""

    name = "too_large_for_a_proxy"

    def carry(self, _line: Line, _request: Request) -> Reply:
        return Reply(413, {"content-type": "text/html"}, b"<html>Request Entity Too Large</html>")


class SlowThere:
    """The request takes half a minute to arrive."""

    name = "request_slow"

    def carry(self, line: Line, request: Request) -> Reply:
        return line.deliver(request, out_s=25.0)


class SlowBack:
    """The answer takes half a minute to come back."""

    name = "answer_slow"

    def carry(self, line: Line, request: Request) -> Reply:
        return line.deliver(request, back_s=25.0)


class _CachedVerb(OnTheLine):
    """The cache holds what this line heard last when the fault was decided."""

    def __init__(self) -> None:
        super().__init__(lambda _: Cached(None), Cached.name)

    def strike(self, world: World, step: Step) -> str:
        line = world.till(step).line
        if line.last_push is None:
            return "nothing is in the cache yet"
        line.waiting.append(Cached(line.last_push))
        return "the cache has the last answer"


NETWORK: Final = (
    OnTheLine(lambda _: Lost(), Lost.name),
    OnTheLine(lambda _: Refused(), Refused.name),
    OnTheLine(lambda _: AnswerLost(), AnswerLost.name, weight=5),
    OnTheLine(lambda _: Doubled(), Doubled.name, weight=3),
    OnTheLine(lambda _: DoubledLate(), DoubledLate.name, weight=3),
    OnTheLine(lambda _: Delayed(), Delayed.name, weight=4),
    OnTheLine(lambda _: Truncated(), Truncated.name),
    OnTheLine(lambda _: CutShort(), CutShort.name),
    OnTheLine(lambda _: Portal(), Portal.name),
    OnTheLine(lambda _: BadGateway(), BadGateway.name),
    OnTheLine(lambda _: TooLarge(), TooLarge.name),
    OnTheLine(lambda _: SlowThere(), SlowThere.name),
    OnTheLine(lambda _: SlowBack(), SlowBack.name),
    _CachedVerb(),
)
