"""Redeeming with the server in reach: record, wait a moment for its verdict, then hand out or not.

    policy lets the till go on alone   server          verdict in time   end
    yes                                out of reach    (not waited for)  handed out, provisional
    yes                                perhaps there   accepted          handed out
    yes                                perhaps there   rejected          not handed out
    yes                                perhaps there   none, or parked   handed out, provisional
    no                                 any             accepted          handed out
    no                                 any             rejected          not handed out
    no                                 any             none, or parked   not handed out, and taken back

Whether it may go on alone is the law's to say (`redeem_needs_connection`), and it is asked before anything is recorded.

While it waits, the book knows that nobody has been told yet: a till that dies now takes the redemption back when it
starts again (`desktop.cashier.unanswered`). One that is closed now takes it back at once.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from common.ids import CardId, OperationKey
from common.rules.refusals import RefusalCode, Refused
from common.wire.push import Verdict
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded, Unusable
from desktop.cashier.redeem import redeem
from desktop.cashier.unanswered import LONGEST_WAIT
from desktop.cashier.void import UNANSWERED, void_operation
from desktop.store import awaited, operations
from desktop.store.operations import RecordedOperation, State
from desktop.sync.runner import Runner

PATIENCE_MS: Final = LONGEST_WAIT // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class HandedOut:
    """The reward is the customer's. Not `confirmed`: the server has not answered, and the policy does not wait."""

    recorded: Recorded
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Rejected:
    """The server said no: nothing is handed out, and the stamps count again."""

    recorded: Recorded
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No final verdict came and the policy needs one: nothing is handed out, and the redemption was taken back."""

    recorded: Recorded
    void: Recorded


Redemption = HandedOut | Rejected | Unanswered | Refused | Unusable


def redeem_with_server(
    till: Till, runner: Runner, by: By, card_id: CardId, *, patience_ms: int = PATIENCE_MS
) -> Redemption:
    """Redeem one reward. Takes up to `patience_ms`: never on a thread that paints. Raises KnownTrouble of the book."""
    reachable = runner.state.online is not False
    recorded = redeem(till, by, card_id, awaited=reachable)
    alone = not _needs_connection(recorded)
    if not alone:
        recorded = redeem(till, by, card_id, server_will_answer=True, awaited=True)
    if not isinstance(recorded, Recorded):
        return recorded
    if alone and not reachable:
        return HandedOut(recorded, confirmed=False)
    runner.hurry()
    runner.wait_until(lambda: _find(till, recorded.key).state is not State.WAITING, patience_ms)
    return _end(till, runner, by, recorded, alone=alone)


def _end(till: Till, runner: Runner, by: By, recorded: Recorded, *, alone: bool) -> Redemption:
    judged = _judged(till, recorded)
    if isinstance(judged, Rejected):
        return _told(till, judged)
    # Of a window that is being closed nobody reads "hand it out", whatever the server said.
    if not runner.stopped:
        if judged is not None:
            return _told(till, judged)
        if alone:
            return _told(till, HandedOut(recorded, confirmed=False))
    void = void_operation(till, by, recorded.key, UNANSWERED)
    if isinstance(void, Recorded):
        return Unanswered(recorded, void)
    # The one thing that a fresh redemption's own undo is refused for: its verdict came after all, and it is a no.
    judged = _judged(till, recorded)
    if judged is None:
        raise RuntimeError(f"a redemption without a verdict could not be taken back: {void}")
    return _told(till, judged)


def _told(till: Till, end: HandedOut | Rejected) -> HandedOut | Rejected:
    """From here on the caller says how it ended; what the screen is about to say is on the disk first."""
    with till.book.write() as connection:
        awaited.settle(connection, end.recorded.key)
    return end


def _judged(till: Till, recorded: Recorded) -> HandedOut | Rejected | None:
    found = _find(till, recorded.key)
    if found.state is State.ACCEPTED:
        return HandedOut(recorded, confirmed=True)
    if found.state is State.REJECTED and found.verdict is not None:
        return Rejected(recorded, found.verdict)
    return None


def _needs_connection(answer: Recorded | Refused | Unusable) -> bool:
    return isinstance(answer, Refused) and answer.code is RefusalCode.REDEEM_NEEDS_CONNECTION


def _find(till: Till, key: OperationKey) -> RecordedOperation:
    with till.book.read() as connection:
        found = operations.find(connection, key)
    if found is None:
        raise LookupError(f"the operation {key} was recorded and is not in the book")
    return found
