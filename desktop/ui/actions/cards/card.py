"""What the cashier can do with the card in hand, one function for each, and the way back from it."""

from typing import Any
from uuid import UUID

from common.card_code import format_number
from common.ids import CardId, OperationKey
from common.rules.asks import Kind
from common.rules.refusals import Refused
from desktop.cashier.outcome import Recorded, Unusable
from desktop.cashier.stamp import stamp as give_stamp
from desktop.cashier.void import DEFAULT_REASON, void_operation
from desktop.flow.redemption import HandedOut, Redemption, Rejected, Unanswered, redeem_with_server
from desktop.present.pages import result_view
from desktop.present.pages.cards.card_view import read_card
from desktop.present.views import CardAct, ResultView, StampCardView
from desktop.ui.actions.attempt import Ended, attempt
from desktop.ui.actions.till.devices import print_after
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh


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
        case Page.CARD_FORM:
            window.show_page(Page.CARD_MORE)
        case Page.CARD_MORE if counter.session.card_id is not None:
            open_card(counter, counter.session.card_id)
        case Page.CARD_READY if counter.session.card_id is not None and _is_replaced(counter):
            open_card(counter, counter.session.card_id)
        case Page.NOTICE if counter.awaits_shop:
            pass
        case Page.SHIFT if window.pages.shift.confirming:
            window.pages.shift.confirm(asking=False)
        case Page.SETTINGS | Page.SHIFT | Page.DIAGNOSTICS:
            window.show_page(Page.MENU)
        case _:
            go_idle(counter)


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
        if counter.session.card_id == card_id:
            show_card(counter, view, result, undoable=undoable)

    counter.look(lambda: read_card(counter.till, by, card_id, online=online), show)


def show_end(counter: Counter, end: Ended[Any], card_id: CardId, result: ResultView, *, undoable: bool = False) -> None:
    """Show the card that an act was about, and how it ended."""
    if end.page is not None and end.page.card_id == str(card_id):
        counter.session.card_id = card_id
        show_card(counter, end.page, result, undoable=undoable)
    else:
        open_card(counter, card_id, result, undoable=undoable)


def show_card(
    counter: Counter, view: StampCardView | None, result: ResultView | None = None, *, undoable: bool = False
) -> None:
    """Show the card in hand as it was just read; None when this till no longer knows it."""
    window = counter.window
    if view is None:
        go_idle(counter)
    else:
        window.pages.card.set_view(view)
        window.show_page(Page.CARD)
    if result is None:
        window.clear_result()
    else:
        window.show_result(result, undoable=undoable)
    refresh(counter)


def act_on_card(counter: Counter, act: CardAct) -> None:
    """One of the card page's three buttons."""
    match act:
        case CardAct.STAMP:
            stamp(counter, counter.window.pages.card.count())
        case CardAct.REDEEM:
            redeem(counter)
        case CardAct.VOID:
            ask_void(counter, counter.window.pages.card.void_target())


def stamp(counter: Counter, count: int = 1) -> None:
    """Give the card in hand this many stamps."""
    card_id = counter.session.card_id
    if card_id is not None:
        attempt(
            counter,
            lambda by: give_stamp(counter.till, by, card_id, count),
            lambda ended: _recorded(counter, ended),
        )


def redeem(counter: Counter) -> None:
    """Redeem the card in hand; where the server is in reach, its word is waited for."""
    card_id = counter.session.card_id
    if card_id is None:
        return

    def say_confirming() -> None:
        if counter.online:
            counter.window.show_result(result_view.confirming(), stays=True)

    attempt(
        counter,
        lambda by: redeem_with_server(counter.till, counter.runner, by, card_id),
        lambda ended: _redeemed(counter, card_id, ended),
        trying=say_confirming,
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
    attempt(
        counter,
        lambda by: void_operation(counter.till, by, original, reason.strip() or DEFAULT_REASON),
        lambda ended: _recorded(counter, ended, undoable=False),
    )


def undo(counter: Counter) -> None:
    """Take the last act back."""
    original = counter.session.undoable
    if original is not None:
        counter.window.hide_undo()
        attempt(
            counter,
            lambda by: void_operation(counter.till, by, original, "Undo"),
            lambda ended: _recorded(counter, ended, undoable=False),
        )


def _recorded(counter: Counter, end: Ended[Recorded | Refused | Unusable], *, undoable: bool = True) -> None:
    """A stamp or a void."""
    target = end.here.shop.terms.stamps_target
    match end.outcome:
        case Recorded() as recorded:
            counter.session.undoable = recorded.key if undoable else None
            result = result_view.done(recorded, online=counter.online, target=target)
            show_end(counter, end, recorded.card.card_id, result, undoable=undoable)
            if recorded.kind is Kind.STAMP:
                counter.window.pages.card.begin_count()
                print_after(counter, recorded.card.card_id, sure=counter.online)
        case no:
            _refused(counter, end, result_view.refused(no, end.here))


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
    show_end(counter, end, card_id, result, undoable=undoable)


def _refused(counter: Counter, end: Ended[Any], result: ResultView) -> None:
    """On the card that was refused something, or where the cashier was."""
    if counter.session.card_id is not None:
        show_end(counter, end, counter.session.card_id, result)
    else:
        counter.window.show_result(result)


def _is_replaced(counter: Counter) -> bool:
    view = counter.window.pages.card_ready.view
    return view is not None and view.replaced
