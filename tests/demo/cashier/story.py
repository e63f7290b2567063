"""The story of the scripted cashier: a morning at the till of Gare, the network's failure, and what comes of it.

Every step is carried out for real, and what came of it is compared with what the law says must.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from common.ids import CardId, OperationKey
from common.rules.refusals import RefusalCode
from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import Recorded
from desktop.cashier.redeem import redeem
from desktop.cashier.stamp import stamp
from desktop.present import words
from desktop.present.views import OperationState
from desktop.store.cards import CardView
from desktop.sync.outcomes import Exchanged
from tests.demo.cashier.cast import Cast
from tests.demo.cashier.hands import Hands
from tests.demo.cashier.report import Report, Step
from tests.demo.cashier.tour import Tour
from tests.demo.counter import Counter
from tests.demo.hub.network import Network
from tests.demo.shop import GARE, KIRCHBERG, STORES, TARGET, cashiers_of

MISTYPED: Final = "1234-5678-9013"
"""Twelve digits whose last one is wrong."""


@dataclass(frozen=True, slots=True)
class Story:
    """Who and what takes part.

    Attributes:
        hands: the cashier of Gare.
        other: the till of Kirchberg, which has no window and syncs when it is told to.
        out: where screenshots go.
    """

    hands: Hands
    other: Counter
    cast: Cast
    network: Network
    report: Report
    out: Path

    def tell(self) -> None:
        """All of it, in order. Raises Broken where a step could not be done."""
        self._open()
        self._sign_in()
        self._mistype()
        self._stamp()
        self._refuse()
        self._take_back()
        self._fill()
        self._redeem()
        self._everything_confirmed()
        self._cut()
        self._stamp_apart()
        self._redeem_apart()
        self._count_waiting()
        self._mend()
        self._show_reason()
        self._acknowledge()
        self._agree()
        Tour(self.hands, self.report, self.out).take(self.cast.guest.known.name or "")

    # ── With the network ────────────────────────────────────────────────────────────────────────────────────────

    def _open(self) -> None:
        with self.report.step("The till is open") as step:
            self.hands.wait("the server", lambda: "online" in self.hands.strip().casefold())
            self.hands.wait("the cards", lambda: all(self._known(card.card_id) for card in _all(self.cast)))
            step.expect_words("The strip says how the till stands", "online", self.hands.strip())
            step.expect("Nothing waits", 0, self._waiting())
            self._picture(step)

    def _sign_in(self) -> None:
        person = cashiers_of(GARE)[0]
        with self.report.step("Sign in by PIN") as step:
            self.hands.sign_in(person)
            step.expect_words("The strip names who works", person.name, self.hands.strip())
            self._picture(step)

    def _mistype(self) -> None:
        with self.report.step("A mistyped number") as step:
            before = self._last()
            step.told = self.hands.scan(MISTYPED)
            step.expect_words("The cashier is told", "digit", step.told)
            step.expect("What was recorded", "nothing", self._recorded_since(before))
            self._picture(step)

    def _stamp(self) -> None:
        card = self.cast.guest
        with self.report.step("A stamp") as step:
            self.hands.scan(card.token)
            step.told = self.hands.stamp()
            step.expect_words("The cashier is told the new figure", f"{card.balance + 1} of {TARGET}", step.told)
            step.expect("The card has one stamp more", card.balance + 1, self._balance(card.card_id))
            self._picture(step)

    def _refuse(self) -> None:
        card = self.cast.guest
        with self.report.step("A second stamp at once is refused") as step:
            before = self._last()
            step.told = self.hands.stamp()
            step.expect_words("The cashier is told when the next one is due", "next stamp at", step.told)
            step.expect("What was recorded", "nothing", self._recorded_since(before))
            step.expect("The card has what it had", card.balance + 1, self._balance(card.card_id))
            self._picture(step)

    def _take_back(self) -> None:
        card = self.cast.guest
        with self.report.step("The stamp is taken back") as step:
            step.told = self.hands.take_back()
            step.expect_words("The cashier is told", "taken back", step.told)
            step.expect("The card has what it had before", card.balance, self._balance(card.card_id))
            self._picture(step)

    def _fill(self) -> None:
        card = self.cast.nearly
        with self.report.step("The last stamp fills a card") as step:
            self.hands.scan(card.token)
            step.told = self.hands.stamp()
            step.expect_words("The cashier is told of the reward", "free coffee", step.told)
            step.expect("The card is full", TARGET, self._balance(card.card_id))
            self._picture(step)

    def _redeem(self) -> None:
        card = self.cast.nearly
        with self.report.step("The reward is handed out") as step:
            step.told = self.hands.redeem()
            step.expect_words("The cashier is told to", "hand out", step.told)
            # The till waits for two seconds. A machine that is slower hands out unconfirmed, as the policy allows.
            self.hands.wait("the server's verdict", lambda: self._waiting() == 0)
            step.expect("The card begins anew", 0, self._balance(card.card_id))
            step.expect("The server has confirmed it", "accepted", self._states(1))
            self._picture(step)

    def _everything_confirmed(self) -> None:
        with self.report.step("Everything is confirmed") as step:
            self.hands.wait("the server's verdicts", lambda: self._waiting() == 0)
            step.expect("Four acts, four times accepted", "accepted, accepted, accepted, accepted", self._states(4))
            self.hands.go_home()
            self.hands.wait("the list", lambda: "free coffee" in self._listed(1))
            step.expect_words(
                "The list has the last one on top", words.STATE[OperationState.CONFIRMED], self._listed(1)
            )
            self._picture(step)

    # ── Without ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _cut(self) -> None:
        with self.report.step("The network is cut") as step:
            self.network.cut()
            self.hands.hurry()
            self.hands.wait("the strip to say so", lambda: "offline since" in self.hands.strip().casefold())
            step.expect_words("The strip says since when", "offline since", self.hands.strip())
            step.expect("The other till is cut off, too", False, isinstance(self.other.try_sync(), Exchanged))
            self._picture(step)

    def _stamp_apart(self) -> None:
        card = self.cast.shared
        with self.report.step("Both stores stamp the same card") as step:
            there = stamp(self.other.till, self.other.by(cashiers_of(KIRCHBERG)[0]), card.card_id)
            step.expect("Kirchberg's till, which cannot know better, says yes", True, isinstance(there, Recorded))
            self.hands.scan(card.token)
            step.told = self.hands.stamp()
            step.expect_words("So does Gare's", f"{card.balance + 1} of {TARGET}", step.told)
            step.expect_words("It says that the server has not heard of it", "until the network is back", step.told)
            self._picture(step)

    def _redeem_apart(self) -> None:
        card = self.cast.full
        with self.report.step("One stamps, the other redeems") as step:
            there = redeem(self.other.till, self.other.by(cashiers_of(KIRCHBERG)[0]), card.card_id)
            step.expect("Kirchberg hands out a reward that the card surely has", True, isinstance(there, Recorded))
            self.hands.scan(card.token)
            step.told = self.hands.stamp()
            step.expect("Gare counts on from what it knows", card.balance + 1, self._balance(card.card_id))
            self._picture(step)

    def _count_waiting(self) -> None:
        with self.report.step("Two acts wait") as step:
            self.hands.go_home()
            step.expect("Two wait in the book", 2, self._waiting())
            step.expect_words("The strip says so", "2 waiting", self.hands.strip())
            waiting = words.STATE[OperationState.WAITING].casefold()
            self.hands.wait("the list to say so", lambda: self._listed(2).count(waiting) == 2)
            step.expect("Both are on the disk, as waiting", "waiting, waiting", self._states(2))
            self._picture(step)

    # ── The network is back ─────────────────────────────────────────────────────────────────────────────────────

    def _mend(self) -> None:
        with self.report.step("The network is back") as step:
            self.network.relays[KIRCHBERG].mend()
            self.other.sync()
            step.expect(
                "Both acts of Kirchberg, which came first, stand", "accepted, accepted", _states(self.other.till, 2)
            )
            self.network.relays[GARE].mend()
            self.hands.hurry()
            self.hands.wait("the server's verdicts", lambda: self._waiting() == 0)
            step.expect("One act of Gare is accepted, one is rejected", "accepted, rejected", self._states(2))
            self.hands.wait("the strip to say so", lambda: "1 rejected" in self.hands.strip())
            step.expect_words("The strip says so", "1 rejected", self.hands.strip())
            rejected = words.STATE[OperationState.REJECTED].casefold()
            self.hands.wait("the list to say so", lambda: rejected in self._listed(2))
            self._picture(step)

    def _show_reason(self) -> None:
        with self.report.step("The rejection is shown with its reason") as step:
            rejected = activity.needing_attention(self.hands.till, 10)
            step.expect("One act needs a look", 1, len(rejected))
            verdict = rejected[0].operation.verdict
            step.expect("The server's reason", RefusalCode.COOLDOWN.value, None if verdict is None else verdict.code)
            shown = self.hands.rejections()
            step.told = " ".join(shown)
            step.expect_words("It names the other store", STORES[KIRCHBERG], step.told)
            step.expect("It is the stamp on the shared card", self.cast.shared.number, rejected[0].card_number)
            self._picture(step)

    def _acknowledge(self) -> None:
        with self.report.step("Somebody has seen it") as step:
            self.hands.acknowledge()
            self.hands.wait("the tick", lambda: not activity.needing_attention(self.hands.till, 10))
            self.hands.wait("the strip to say so", lambda: "rejected" not in self.hands.strip())
            step.expect("Nothing needs a look any more", 0, len(activity.needing_attention(self.hands.till, 10)))
            self._picture(step)

    def _agree(self) -> None:
        shared, full = self.cast.shared, self.cast.full
        with self.report.step("Both tills agree") as step:
            self.other.sync()
            spent = full.balance + 1 - TARGET
            self.hands.wait("the other store's acts", lambda: self._balance(full.card_id) == spent)
            step.expect("The shared card got one stamp, not two", shared.balance + 1, self._balance(shared.card_id))
            step.expect("The full card got its stamp and spent ten", spent, self._balance(full.card_id))
            cards = self.other.cards()
            differ = _figures(self.hands.till, cards) ^ _figures(self.other.till, cards)
            step.expect(
                "Cards on which the two tills differ",
                "none",
                ", ".join(sorted(number for number, _ in differ)) or "none",
            )
            self.hands.scan(full.token)
            self._picture(step)

    def _picture(self, step: Step) -> None:
        if self.hands.picture(self.out / step.file_name):
            step.picture = step.file_name

    def _known(self, card_id: CardId) -> bool:
        return card_again(self.hands.till, card_id) is not None

    def _balance(self, card_id: CardId) -> int | None:
        card = card_again(self.hands.till, card_id)
        return None if card is None else card.balance

    def _waiting(self) -> int:
        return activity.counts(self.hands.till).waiting

    def _last(self) -> OperationKey | None:
        """What was recorded last."""
        return next((one.operation.key for one in activity.recent(self.hands.till, 1)), None)

    def _recorded_since(self, key: OperationKey | None) -> str:
        last = next(iter(activity.recent(self.hands.till, 1)), None)
        return "nothing" if last is None or last.operation.key == key else f"a {last.operation.kind}"

    def _listed(self, count: int) -> str:
        """The newest lines of the list on the idle page, in small letters."""
        return "; ".join(self.hands.listed()[:count]).casefold()

    def _states(self, count: int) -> str:
        return _states(self.hands.till, count)


def _all(cast: Cast) -> tuple[CardView, ...]:
    return (cast.guest, cast.nearly, cast.shared, cast.full)


def _states(till: Till, count: int) -> str:
    """How the last operations of a till stand, the newest first."""
    return ", ".join(one.operation.state for one in activity.recent(till, count))


def _figures(till: Till, cards: list[CardView]) -> set[tuple[str, int]]:
    """Number and balance of each of `cards` on a till."""
    shown = (card_again(till, card.card_id) for card in cards)
    return {(card.number, card.balance) for card in shown if card is not None}
