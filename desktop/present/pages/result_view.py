"""How an act ended, in a few large words and one sentence."""

from typing import Final

from common.card_code import ScanProblem
from common.rules.asks import Kind
from common.rules.judge import StampAnswer
from common.rules.refusals import RefusalCode, Refused
from common.wire.push import Verdict
from desktop.cashier.outcome import AlreadyACard, Mistyped, Recorded, Unreadable, Unusable
from desktop.present.pages.here import Here
from desktop.present.pages.operation_rows import stamps_text
from desktop.present.sentences import not_found, refusal, rejection, scan_problem, unusable
from desktop.present.views import ResultKind, ResultView

_NOT_NOW: Final = "Not now"
_TITLES: Final = {
    RefusalCode.COOLDOWN: "Not yet",
    RefusalCode.DAILY_LIMIT: "Enough for today",
    RefusalCode.INSUFFICIENT_STAMPS: "Not full yet",
    RefusalCode.CARD_INACTIVE: "This card is blocked",
    RefusalCode.ALREADY_VOIDED: "Already taken back",
    RefusalCode.OFFLINE_TOO_LONG: "Offline for too long",
}
_KEPT_HERE: Final = "Kept on this till until the network is back."
_DO_NOT: Final = "Do not hand it out"

CONFIRMING: Final = ResultView(ResultKind.PROVISIONAL, "Confirming…", "Wait for the server's answer.")


def done(recorded: Recorded, *, online: bool, target: int) -> ResultView:
    """An act that is on this till's disk. Offline it is provisional, and says so."""
    kind = ResultKind.DONE if online else ResultKind.PROVISIONAL
    title, detail = _done_words(recorded, target)
    return ResultView(kind, title, detail if online else f"{detail} {_KEPT_HERE}")


def handed_out(recorded: Recorded, reward: str, *, confirmed: bool) -> ResultView:
    left = f"{stamps_text(recorded.card.balance)} left on the card."
    if confirmed:
        return ResultView(ResultKind.DONE, f"Hand out: {reward}", left)
    return ResultView(ResultKind.PROVISIONAL, f"Hand out: {reward}", f"{left} Not confirmed yet. {_KEPT_HERE}")


def not_handed_out(verdict: Verdict, here: Here) -> ResultView:
    """The server said no to a redemption."""
    return ResultView(ResultKind.REFUSED, _DO_NOT, rejection(verdict, here.place).text)


def unanswered() -> ResultView:
    """No answer came, and this shop's rule is to wait for one."""
    return ResultView(
        ResultKind.REFUSED, _DO_NOT, "The server did not answer, and a reward needs its word. The stamps are kept."
    )


def refused(no: Refused | Unusable | AlreadyACard, here: Here) -> ResultView:
    match no:
        case Refused(code=code):
            return ResultView(ResultKind.REFUSED, _TITLES.get(code, _NOT_NOW), refusal(no, here.place).text)
        case Unusable():
            return ResultView(ResultKind.REFUSED, _NOT_NOW, unusable(no).text)
        case AlreadyACard():
            return ResultView(ResultKind.REFUSED, "Already a card", not_found(no).text)


def not_a_card(found: Unreadable | Mistyped) -> ResultView:
    """A scan that no card can have."""
    return ResultView(ResultKind.REFUSED, "No card", not_found(found).text)


def half_scan() -> ResultView:
    """A scan that broke off."""
    return ResultView(ResultKind.REFUSED, "Half a scan", scan_problem(ScanProblem.INCOMPLETE).text)


def token_text(token: str) -> str:
    """A printed code as one may name it on a screen: its last four characters."""
    return f"…{token[-4:]}"


def _done_words(recorded: Recorded, target: int) -> tuple[str, str]:
    figure = f"{recorded.card.balance} of {target}."
    match recorded.kind:
        case Kind.STAMP if recorded.answer is not None:
            return _stamped(recorded.answer, figure)
        case Kind.VOID if recorded.shortfall:
            missing = stamps_text(recorded.shortfall)
            return "Taken back", f"{figure} {missing} had been spent already: the office is told."
        case Kind.VOID:
            return "Taken back", figure
        case _:
            return "Done", figure


def _stamped(answer: StampAnswer, figure: str) -> tuple[str, str]:
    if answer.reward_earned:
        return f"Card full: {answer.reward}", f"{figure} The reward is ready to be handed out."
    if not answer.stamps_until_reward:
        return "Stamped", f"{figure} A reward is ready: {answer.reward}."
    return "Stamped", f"{figure} {answer.stamps_until_reward} more for: {answer.reward}."
