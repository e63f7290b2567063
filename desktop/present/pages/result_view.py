"""How an act ended, in a few large words and one sentence."""

from typing import Final

from common.card_code import ScanProblem
from common.rules.asks import Kind
from common.rules.judge import StampAnswer
from common.rules.refusals import RefusalCode, Refused
from common.wire.push import Verdict
from desktop.cashier.outcome import AlreadyACard, Mistyped, Recorded, Unreadable, Unusable
from desktop.present import words
from desktop.present.language import N_, NN_, ntr, number_text, tr
from desktop.present.pages.here import Here
from desktop.present.sentences import not_found, refusal, rejection, scan_problem, unusable
from desktop.present.views import ResultKind, ResultView

_NOT_NOW: Final = N_("Not now")
_TITLES: Final = {
    RefusalCode.COOLDOWN: N_("Not yet"),
    RefusalCode.DAILY_LIMIT: N_("Enough for today"),
    RefusalCode.INSUFFICIENT_STAMPS: N_("Not full yet"),
    RefusalCode.CARD_INACTIVE: N_("This card is blocked"),
    RefusalCode.ALREADY_VOIDED: N_("Already taken back"),
    RefusalCode.OFFLINE_TOO_LONG: N_("Offline for too long"),
}
_KEPT_HERE: Final = N_("Kept on this till until the network is back.")
_NOT_HANDED_OUT: Final = N_("Not handed out")
_CUT_OFF: Final = N_("The till stopped while it waited for the server. The stamps are back on {cards}.")
_DO_NOT: Final = N_("Do not hand it out")
_UNANSWERED: Final = N_("The server did not answer, and a reward needs its word. The stamps are kept.")
_HAND_OUT: Final = N_("Hand out: {reward}")
_LEFT: Final = NN_("{count} stamp left on the card.", "{count} stamps left on the card.")
_NOT_CONFIRMED: Final = N_("The server has not confirmed it yet; this shop hands it out all the same.")
_ALREADY_A_CARD: Final = N_("Already a card")
_NO_CARD: Final = N_("No card")
_HALF_A_SCAN: Final = N_("Half a scan")

_FURTHER: Final = {
    Kind.CARRY_OVER: (N_("Paper card brought over"), N_("{balance} of {target}.")),
    Kind.REPLACE: (N_("Lost card replaced"), N_("The lost code finds nothing from now on. {balance} of {target}.")),
    Kind.BLOCK: (N_("Card blocked"), N_("It gives and takes nothing until a manager unblocks it.")),
    Kind.UNBLOCK: (N_("Card unblocked"), N_("It is good again. {balance} of {target}.")),
}
_BALANCE: Final = N_("{balance} of {target}.")
_REWARD_TO_HAND_OUT: Final = N_("{balance} of {target}. The reward is ready to be handed out.")
_REWARD_READY: Final = N_("{balance} of {target}. A reward is ready: {reward}.")
_MORE_FOR: Final = NN_(
    "{balance} of {target}. {count} more for: {reward}.", "{balance} of {target}. {count} more for: {reward}."
)
_SPENT: Final = NN_(
    "{balance} of {target}. {count} stamp had been spent already: the office is told.",
    "{balance} of {target}. {count} stamps had been spent already: the office is told.",
)


def confirming() -> ResultView:
    """The server is asked; nothing is handed out yet."""
    return ResultView(ResultKind.PROVISIONAL, tr("Confirming…"), tr("Wait for the server's answer."), silent=True)


def done(recorded: Recorded, *, online: bool, target: int) -> ResultView:
    """An act that is on this till's disk. Offline it is provisional, and says so."""
    kind = ResultKind.DONE if online else ResultKind.PROVISIONAL
    title, detail = _done_words(recorded, target)
    return ResultView(kind, title, detail if online else f"{detail} {tr(_KEPT_HERE)}")


def handed_out(recorded: Recorded, reward: str, *, confirmed: bool) -> ResultView:
    """The reward is the customer's; not `confirmed`: the server has not said so yet."""
    title, left = tr(_HAND_OUT).format(reward=reward), ntr(*_LEFT, recorded.card.balance)
    if confirmed:
        return ResultView(ResultKind.DONE, title, left)
    return ResultView(ResultKind.PROVISIONAL, title, f"{left} {tr(_NOT_CONFIRMED)} {tr(_KEPT_HERE)}")


def not_handed_out(verdict: Verdict, here: Here) -> ResultView:
    """The server said no to a redemption."""
    return ResultView(ResultKind.REFUSED, tr(_DO_NOT), rejection(verdict, here.place).text)


def unanswered() -> ResultView:
    """No answer came, and this shop's rule is to wait for one."""
    return ResultView(ResultKind.REFUSED, tr(_DO_NOT), tr(_UNANSWERED))


def cut_off(numbers: tuple[str, ...]) -> ResultView:
    """The till stopped while it waited for the server's word on rewards of these cards."""
    return ResultView(ResultKind.REFUSED, tr(_NOT_HANDED_OUT), tr(_CUT_OFF).format(cards=", ".join(numbers)))


def refused(no: Refused | Unusable | AlreadyACard, here: Here) -> ResultView:
    match no:
        case Refused(code=code):
            return ResultView(ResultKind.REFUSED, tr(_TITLES.get(code, _NOT_NOW)), refusal(no, here.place).text)
        case Unusable():
            return ResultView(ResultKind.REFUSED, tr(_NOT_NOW), unusable(no).text)
        case AlreadyACard():
            return ResultView(ResultKind.REFUSED, tr(_ALREADY_A_CARD), not_found(no).text)


def not_a_card(found: Unreadable | Mistyped) -> ResultView:
    """A scan that no card can have."""
    return ResultView(ResultKind.REFUSED, tr(_NO_CARD), not_found(found).text)


def half_scan() -> ResultView:
    """A scan that broke off."""
    return ResultView(ResultKind.REFUSED, tr(_HALF_A_SCAN), scan_problem(ScanProblem.INCOMPLETE).text)


def token_text(token: str) -> str:
    """A printed code as one may name it on a screen: its last four characters."""
    return f"…{token[-4:]}"


def _done_words(recorded: Recorded, target: int) -> tuple[str, str]:
    figures = _figures(recorded.card.balance, target)
    match recorded.kind:
        case Kind.STAMP if recorded.answer is not None:
            return _stamped(recorded.answer, figures)
        case Kind.VOID if recorded.shortfall:
            return tr("Taken back"), ntr(*_SPENT, recorded.shortfall, **figures)
        case Kind.VOID:
            return tr("Taken back"), tr(_BALANCE).format(**figures)
        case kind:
            title, detail = _FURTHER.get(kind, (words.DONE, _BALANCE))
            return tr(title), tr(detail).format(**figures)


def _stamped(answer: StampAnswer, figures: dict[str, str]) -> tuple[str, str]:
    if answer.reward_earned:
        return tr("Card full: {reward}").format(reward=answer.reward), tr(_REWARD_TO_HAND_OUT).format(**figures)
    if not answer.stamps_until_reward:
        return tr("Stamped"), tr(_REWARD_READY).format(**figures, reward=answer.reward)
    return tr("Stamped"), ntr(*_MORE_FOR, answer.stamps_until_reward, **figures, reward=answer.reward)


def _figures(balance: int, target: int) -> dict[str, str]:
    return {"balance": number_text(balance), "target": number_text(target)}
