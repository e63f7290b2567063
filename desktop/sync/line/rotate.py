"""Rotate: the till's token is replaced by a new one every month, and nothing that dies in between locks it out.

What if it dies between any two steps? Before the new token is on the disk, the old one is good and is used, and a new
one is asked for later: the server forgets the one that it offered. Once it is on the disk it is used, and good, for the
server knew it first; its first use ends the old one. The old one is kept beside it: a server that went back in time, or
that was asked twice by a network that doubles messages, knows only that, and the till goes back to it by itself.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol, TypeVar

from common.clock import Clock
from common.entropy import new_uuid
from common.wire.base import PROTOCOL
from common.wire.enrol import TokenRequest, TokenResponse
from common.wire.problem import ProblemCode
from desktop.store import identity
from desktop.store.book import Book
from desktop.store.identity import Enrolment, Identity
from desktop.sync.line.answers import read_answer
from desktop.sync.line.failures import Declined, Failure
from desktop.sync.line.link import Answer, Link
from desktop.trouble import KnownTrouble

PATH: Final = "/v1/tills/token"
DEADLINE_S: Final = 30.0
ROTATE_EVERY: Final = timedelta(days=30)
LOOK_EVERY_MS: Final = 3_600_000

_Outcome = TypeVar("_Outcome")
_log = logging.getLogger(__name__)


class OwnToken(Protocol):
    """The till's token where it is kept."""

    @property
    def token(self) -> str: ...

    @property
    def former(self) -> str | None:
        """The one that it replaced."""
        ...

    def replace(self, used: str, token: str, former: str | None) -> bool:
        """Keep `token` durably in place of the one that is `used`; False when the till has another by now.

        Raises KnownTrouble; what was kept before is then kept still.
        """
        ...


class Rotation:
    """Which token the exchange speaks with. For the exchange's own thread."""

    def __init__(self, book: Book, link: Link, clock: Clock, own: OwnToken) -> None:
        self._book = book
        self._link = link
        self._clock = clock
        self._own = own
        self._used = own.token
        self._look_at_ms = 0
        self._refused: str | None = None

    def rotate_if_due(self) -> None:
        """Ask for a new token when the present one is a month old, or nobody knows how old. Failures wait an hour."""
        now_ms = self._clock.uptime_ms()
        if now_ms < self._look_at_ms:
            return
        self._look_at_ms = now_ms + LOOK_EVERY_MS
        with self._book.read() as connection:
            till = identity.load(connection)
        if till.enrolment is Enrolment.ENROLLED and self._is_due(till):
            token = self._ask()
            if token is not None:
                self._take(token)

    def try_former(self, step: Callable[[], _Outcome | Failure], refused: _Outcome | Failure) -> _Outcome | Failure:
        """How a step ends: as it did, or where the token was refused, as it does with the one before it."""
        former = self._own.former
        if not _is_unknown(refused) or former is None or former in (self._refused, self._used):
            return refused
        self._link.use_token(former)
        outcome = step()
        if isinstance(outcome, Failure):
            self._link.use_token(self._used)
            self._refused = former if _is_unknown(outcome) else None
            return refused
        _log.info("the server knows the token that this till had before, and not the present one")
        self._keep(former, None)
        self._used = former
        return outcome

    def _is_due(self, till: Identity) -> bool:
        return till.token_since is None or till.contact.event_time(self._clock) - till.token_since >= ROTATE_EVERY

    def _ask(self) -> str | None:
        request = TokenRequest(protocol=PROTOCOL, nonce=new_uuid(self._clock.now()))
        answer = self._link.post(PATH, request.model_dump_json().encode(), deadline_s=DEADLINE_S)
        response = read_answer(answer, TokenResponse) if isinstance(answer, Answer) else answer
        if not isinstance(response, TokenResponse):
            _log.info("no new token: %r", response)
            return None
        return response.token if response.nonce == request.nonce else None

    def _take(self, token: str) -> None:
        """First to the disk, then into use."""
        if self._keep(token, self._used):
            self._link.use_token(token)
            self._used = token
            with self._book.write() as connection:
                identity.record_token(connection, identity.load(connection).contact.event_time(self._clock))
            _log.info("the till has a new token")

    def _keep(self, token: str, former: str | None) -> bool:
        try:
            return self._own.replace(self._used, token, former)
        except KnownTrouble as trouble:
            _log.info("the new token cannot be kept: %s", trouble)
            return False


def _is_unknown(outcome: object) -> bool:
    return isinstance(outcome, Declined) and outcome.code == ProblemCode.TOKEN_INVALID
