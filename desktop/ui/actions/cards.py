"""What the cashier can do with a card, one function for each; `staff_actions` has what people do with themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from common.card_code import format_number
from common.ids import CardId, OperationKey, StaffId
from common.rules.asks import Kind
from common.rules.refusals import Refused
from desktop.cashier.engine import By, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.look_up import look_up
from desktop.cashier.outcome import AlreadyACard, Mistyped, Recorded, UnknownCard, Unreadable, Unusable
from desktop.cashier.stamp import stamp as give_stamp
from desktop.cashier.void import DEFAULT_REASON, void_operation
from desktop.flow.redemption import HandedOut, Redemption, Rejected, Unanswered, redeem_with_server
from desktop.flow.session import pin_wanted
from desktop.present.pages import result_view
from desktop.present.pages.card_view import read_card
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.new_card_view import new_card_view
from desktop.present.pages.staff_view import Wanted
from desktop.present.views import CardAct, NewCardView, ResultView, StampCardView
from desktop.store.cards import CardView
from desktop.ui.actions.devices import print_after
from desktop.ui.actions.staff import ask_pin
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh

_O = TypeVar("_O")

Found = CardView | UnknownCard | Mistyped | Unreadable


@dataclass(frozen=True, slots=True)
class Ended(Generic[_O]):
    """How an act ended, and where and when: what its words need."""

    outcome: _O
    here: Here


def go_idle(counter: Counter) -> None:
    """Back to "Scan a card"."""
    counter.session.card_id = None
    counter.asked = None
    counter.window.show_page(Page.IDLE)
    refresh(counter)


def go_back(counter: Counter) -> None:
    """Escape: one step towards the idle page, and never away from a page that nobody may pass."""
    window = counter.window
    window.clear_result()
    match window.page:
        case Page.TAKE_BACK:
            window.show_page(Page.CARD)
        case Page.PIN if counter.asked is not None:
            window.show_page(Page.STAFF)
        case Page.STAFF if counter.asked is not None:
            page, counter.asked = counter.asked.from_page, None
            window.show_page(page)
        case Page.NOTICE if counter.awaits_shop:
            pass
        case Page.SHIFT if window.pages.shift.confirming:
            window.pages.shift.confirm(asking=False)
        case Page.SETTINGS | Page.SHIFT | Page.DIAGNOSTICS:
            window.show_page(Page.MENU)
        case Page.ENROL:
            counter.look(lambda: read_here(counter.till), lambda _: go_idle(counter), lambda _: None)
        case _:
            go_idle(counter)


def scan(counter: Counter, text: str) -> None:
    """A scan, or a number that was typed, on whatever page."""
    window = counter.window
    if window.page is Page.ENROL:
        window.pages.enrol.code.setText(text.strip())
        return
    if window.page is Page.NEW_CARD:
        begin_card(counter, text, window.pages.new_card.name.text())
        return
    counter.asked = None
    counter.look(lambda: look_up(counter.till, text), lambda found: _found(counter, found))


def half_scan(counter: Counter) -> None:
    """A scan that broke off."""
    counter.window.show_result(result_view.half_scan())


def tell_unanswered(counter: Counter, taken_back: tuple[Recorded, ...]) -> None:
    """Say of which cards the reward was not handed out, because the till stopped in the middle of asking."""
    if taken_back:
        numbers = tuple(format_number(one.card.number) for one in taken_back)
        counter.window.show_result(result_view.cut_off(numbers), stays=True)


def open_card(counter: Counter, card_id: CardId, result: ResultView | None = None, *, undoable: bool = False) -> None:
    """Show a card, and above it how the act on it ended."""
    by, online = counter.session.by(), counter.online
    counter.session.card_id = card_id

    def show(view: StampCardView | None) -> None:
        if counter.session.card_id != card_id:
            return
        if view is None:
            go_idle(counter)
        else:
            counter.window.pages.card.set_view(view)
            counter.window.show_page(Page.CARD)
        if result is None:
            counter.window.clear_result()
        else:
            counter.window.show_result(result, undoable=undoable)
        refresh(counter)

    counter.look(lambda: read_card(counter.till, by, card_id, online=online), show)


def act_on_card(counter: Counter, act: CardAct) -> None:
    """One of the card page's three buttons."""
    match act:
        case CardAct.STAMP:
            stamp(counter)
        case CardAct.REDEEM:
            redeem(counter)
        case CardAct.VOID:
            ask_void(counter, counter.window.pages.card.void_target())


def stamp(counter: Counter) -> None:
    """Give the card in hand a stamp."""
    card_id = counter.session.card_id
    if card_id is not None:
        _attempt(counter, lambda by: give_stamp(counter.till, by, card_id), lambda ended: _recorded(counter, ended))


def redeem(counter: Counter) -> None:
    """Redeem the card in hand; where the server is in reach, its word is waited for."""
    card_id = counter.session.card_id
    if card_id is None or counter.busy:
        return
    if counter.online:
        counter.window.show_result(result_view.confirming(), stays=True)
    _attempt(
        counter,
        lambda by: redeem_with_server(counter.till, counter.runner, by, card_id),
        lambda ended: _redeemed(counter, card_id, ended),
    )


def ask_void(counter: Counter, key: str) -> None:
    """Ask whether the operation `key` of the card in hand is really to be taken back."""
    view = counter.window.pages.card.view
    row = next((row for row in view.history if row.key == key), None) if view is not None else None
    if view is not None and row is not None:
        counter.window.clear_result()
        counter.window.pages.take_back.begin(row, view.number)
        counter.window.show_page(Page.TAKE_BACK)


def void(counter: Counter, key: str, reason: str) -> None:
    """Take an operation back."""
    original = OperationKey(UUID(key))
    _attempt(
        counter,
        lambda by: void_operation(counter.till, by, original, reason.strip() or DEFAULT_REASON),
        lambda ended: _recorded(counter, ended, undoable=False),
    )


def undo(counter: Counter) -> None:
    """Take the last act back."""
    original = counter.session.undoable
    if original is not None:
        counter.window.hide_undo()
        _attempt(
            counter,
            lambda by: void_operation(counter.till, by, original, "Undo"),
            lambda ended: _recorded(counter, ended, undoable=False),
        )


def new_card(counter: Counter, code: str = "", shown: str = "") -> None:
    """The page for a new card; with the `code` of a blank one that was scanned, if one was."""
    counter.window.clear_result()
    counter.session.card_id = None
    counter.window.pages.new_card.begin(code, shown)
    counter.window.show_page(Page.NEW_CARD)


def begin_card(counter: Counter, code: str, name: str) -> None:
    """Begin a card from a scan, or with a number of its own."""
    _attempt(
        counter,
        lambda by: enrol(counter.till, by, code or None, name=name),
        lambda ended: _begun(counter, ended),
    )


def stamp_new_card(counter: Counter) -> None:
    """The first stamp of a card that was just made."""
    counter.window.show_page(Page.CARD)
    stamp(counter)


def _attempt(
    counter: Counter,
    act: Callable[[By], _O],
    ended: Callable[[Ended[_O]], None],
    approved_by: StaffId | None = None,
) -> None:
    """Try an act as whoever is signed in; where only a PIN is missing, ask for it and try once more."""
    by = counter.session.by(approved_by)

    def go_on(approver: StaffId | None) -> None:
        _attempt(counter, act, ended, approver)

    def look_at(end: Ended[_O]) -> None:
        wanted = pin_wanted(end.outcome)
        if wanted is None:
            ended(end)
            return
        counter.window.clear_result()
        ask_pin(counter, wanted, lambda who: go_on(who.staff_id if wanted is Wanted.MANAGER else approved_by))

    counter.act(lambda: _end(counter.till, act(by)), look_at)


def _end(till: Till, outcome: _O) -> Ended[_O]:
    return Ended(outcome, read_here(till))


def _found(counter: Counter, found: Found) -> None:
    match found:
        case CardView():
            open_card(counter, found.card_id)
        case UnknownCard(code):
            new_card(counter, code, format_number(code) if code.isdigit() else result_view.token_text(code))
        case Mistyped() | Unreadable():
            counter.window.show_result(result_view.not_a_card(found))


def _recorded(counter: Counter, end: Ended[Recorded | Refused | Unusable], *, undoable: bool = True) -> None:
    """A stamp or a void."""
    target = end.here.shop.terms.stamps_target
    match end.outcome:
        case Recorded() as recorded:
            counter.session.undoable = recorded.key if undoable else None
            result = result_view.done(recorded, online=counter.online, target=target)
            open_card(counter, recorded.card.card_id, result, undoable=undoable)
            if recorded.kind is Kind.STAMP:
                print_after(counter, recorded.card.card_id, sure=counter.online)
        case no:
            _refused(counter, result_view.refused(no, end.here))


def _redeemed(counter: Counter, card_id: CardId, end: Ended[Redemption]) -> None:
    terms = end.here.shop.terms
    undoable = False
    match end.outcome:
        case HandedOut(recorded, confirmed):
            undoable = True
            counter.session.undoable = recorded.key
            result = result_view.handed_out(recorded, terms.reward, confirmed=confirmed)
            print_after(counter, card_id, sure=confirmed)
        case Rejected(verdict=verdict):
            result = result_view.not_handed_out(verdict, end.here)
        case Unanswered():
            result = result_view.unanswered()
        case no:
            result = result_view.refused(no, end.here)
    open_card(counter, card_id, result, undoable=undoable)


def _begun(counter: Counter, end: Ended[Recorded | Refused | Unusable | AlreadyACard | Mistyped | Unreadable]) -> None:
    match end.outcome:
        case Recorded() as recorded:
            counter.session.card_id = recorded.card.card_id

            def show(view: NewCardView) -> None:
                counter.window.clear_result()
                counter.window.pages.card_ready.set_view(view)
                counter.window.show_page(Page.CARD_READY)
                refresh(counter)

            counter.look(lambda: new_card_view(recorded), show)
        case AlreadyACard(card) as no:
            open_card(counter, card.card_id, result_view.refused(no, end.here))
        case Mistyped() | Unreadable() as found:
            counter.window.show_result(result_view.not_a_card(found), stays=True)
        case no:
            counter.window.show_result(result_view.refused(no, end.here), stays=True)


def _refused(counter: Counter, result: ResultView) -> None:
    """On the card that was refused something, or where the cashier was."""
    if counter.session.card_id is not None:
        open_card(counter, counter.session.card_id, result)
    else:
        counter.window.show_result(result)
