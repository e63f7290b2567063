"""Hands without a window: the same acts on the same engine, for a machine on which Qt cannot start at all."""

from collections.abc import Callable
from pathlib import Path

from common.ids import CardId
from common.rules.refusals import Refused
from desktop.cashier.engine import NOBODY, By, Till
from desktop.cashier.looking import activity
from desktop.cashier.looking.look_up import look_up
from desktop.cashier.outcome import Mistyped, Recorded, SignedIn, UnknownCard, Unreadable, Unusable
from desktop.cashier.people.sign_in import colleagues, sign_in
from desktop.cashier.stamp import stamp
from desktop.cashier.void import void_operation
from desktop.flow.redemption import HandedOut, Rejected, Unanswered, redeem_with_server
from desktop.main import load_secrets
from desktop.present import words
from desktop.present.pages import result_view
from desktop.present.pages.here import read_here
from desktop.present.pages.idle_view import read_idle
from desktop.present.pages.operation_rows import attention_row
from desktop.present.pages.till.strip_view import read_strip
from desktop.present.sentences import not_found
from desktop.present.views import OperationRow, ResultView
from desktop.settings import Settings
from desktop.sync.runner import Runner
from tests.demo.cashier.hands import PATIENCE_MS, Waited
from tests.demo.shop import TARGET, Person

_MANY = 50


class EngineHands:
    """Does what the window would do, and says in the window's own words what it would show."""

    def __init__(self, till: Till, runner: Runner, settings: Settings, *, patience_ms: int = PATIENCE_MS) -> None:
        self._till = till
        self._runner = runner
        self._settings = settings
        self._patience_ms = patience_ms
        self._by: By = NOBODY
        self._person = ""
        self._card_id: CardId | None = None

    @property
    def till(self) -> Till:
        return self._till

    def sign_in(self, person: Person) -> None:
        load_secrets(self._till, self._settings)
        staff_id = next(one.member.id for one in colleagues(self._till) if one.member.name == person.name)
        answer = sign_in(self._till, staff_id, person.pin)
        if isinstance(answer, SignedIn):
            self._by, self._person = By(answer.staff_id), answer.name

    def scan(self, code: str) -> str:
        found = look_up(self._till, code)
        if isinstance(found, UnknownCard | Mistyped | Unreadable):
            self._card_id = None
            return not_found(found).text
        self._card_id = found.card_id
        return f"{found.balance} of {TARGET}"

    def stamp(self) -> str:
        return self._told(stamp(self._till, self._by, self._card()))

    def redeem(self) -> str:
        done = redeem_with_server(self._till, self._runner, self._by, self._card())
        here = read_here(self._till)
        match done:
            case HandedOut(recorded, confirmed):
                reward = here.shop.terms.reward
                return _words(result_view.handed_out(recorded, reward, confirmed=confirmed))
            case Rejected(_, verdict):
                return _words(result_view.not_handed_out(verdict, here))
            case Unanswered():
                return _words(result_view.unanswered())
            case refused:
                return _words(result_view.refused(refused, here))

    def take_back(self) -> str:
        last = activity.recent(self._till, 1)[0].operation.key
        return self._told(void_operation(self._till, self._by, last))

    def go_home(self) -> None:
        self._card_id = None

    def listed(self) -> list[str]:
        return [_row(row) for row in read_idle(self._till).rows]

    def strip(self) -> str:
        view = read_strip(self._till, self._runner.state, self._person)
        return " · ".join(
            part for part in (view.link_text, view.waiting_text, view.rejected_text, view.person_text) if part
        )

    def hurry(self) -> None:
        self._runner.hurry()

    def rejections(self) -> list[str]:
        here = read_here(self._till)
        rows = [attention_row(one, here) for one in activity.needing_attention(self._till, _MANY)]
        return [_row(row) for row in rows]

    def acknowledge(self) -> None:
        activity.acknowledge(self._till, activity.needing_attention(self._till, 1)[0].operation.key)

    def places(self) -> tuple[str, ...]:
        return ()

    def visit(self, place: str) -> str:
        raise Waited(f"there is no screen to show {place}")

    def search(self, text: str) -> list[str]:
        raise Waited(f"there is no screen to search for {text}")

    def choose(self, name: str, value: str) -> None:
        raise Waited(f"there is no screen to choose {value} for {name}")

    def picture(self, file: Path) -> bool:  # noqa: ARG002 - there is nothing to take one of
        return False

    def wait(self, what: str, until: Callable[[], bool]) -> None:
        if not self._runner.wait_until(until, self._patience_ms):
            raise Waited(f"{what} did not come within {self._patience_ms // 1000} s; the strip says: {self.strip()}")

    def _card(self) -> CardId:
        if self._card_id is None:
            raise Waited("there is no card in hand")
        return self._card_id

    def _told(self, done: Recorded | Refused | Unusable) -> str:
        here = read_here(self._till)
        if isinstance(done, Recorded):
            online = self._runner.state.online is True
            return _words(result_view.done(done, online=online, target=TARGET))
        return _words(result_view.refused(done, here))


def _words(view: ResultView) -> str:
    return f"{view.title}. {view.detail}" if view.detail else view.title


def _row(row: OperationRow) -> str:
    told = (row.at_text, row.what, row.card_number, words.STATE[row.state], row.sentence)
    return ", ".join(part for part in told if part)
