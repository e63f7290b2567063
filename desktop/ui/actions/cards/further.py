"""What else can be done with the card in hand; most of it on a manager's word, which is asked for on the way."""

from common.ids import CardId
from common.rules.asks import Kind
from common.rules.refusals import Refused
from desktop.cashier.block import block, unblock
from desktop.cashier.carry_over import carry_over
from desktop.cashier.engine import By
from desktop.cashier.outcome import Mistyped, Recorded, Unreadable, Unusable
from desktop.cashier.replace import replace
from desktop.cashier.void import void_count
from desktop.present.pages import result_view
from desktop.present.pages.cards.further_form import FormAnswer, form_view
from desktop.present.pages.cards.further_view import FurtherAct, FurtherView, read_further
from desktop.ui.actions.attempt import Ended, attempt
from desktop.ui.actions.cards import card as cards
from desktop.ui.actions.cards.new_card import show_code
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh

_Outcome = Recorded | Refused | Unusable | Mistyped | Unreadable


def show_further(counter: Counter) -> None:
    """The page of what else can be done with the card in hand."""
    by, card_id = counter.session.by(), counter.session.card_id
    if card_id is None:
        return

    def show(view: FurtherView | None) -> None:
        if counter.session.card_id != card_id:
            return
        if view is None:
            cards.go_idle(counter)
            return
        counter.window.clear_result()
        counter.window.pages.further.set_view(view)
        counter.window.pages.further.set_printer(present=counter.devices.printer.present)
        counter.window.show_page(Page.CARD_MORE)

    counter.look(lambda: read_further(counter.till, by, card_id), show)


def choose(counter: Counter, act: FurtherAct) -> None:
    """A button of that page: its form, or, where nothing is asked, the act itself."""
    view = counter.window.pages.further.view
    if view is None:
        return
    if act is FurtherAct.UNBLOCK:
        do(counter, FormAnswer(act, count=0, reason=""))
        return
    form = form_view(view, act)
    if form is not None:
        counter.window.clear_result()
        counter.window.pages.further_form.begin(form)
        counter.window.show_page(Page.CARD_FORM)


def wants_code(counter: Counter) -> bool:
    """Whether the form that is shown asks for a new card: a scan is its answer."""
    view = counter.window.pages.further_form.view
    return counter.window.page is Page.CARD_FORM and view is not None and view.act is FurtherAct.REPLACE


def give_code(counter: Counter, code: str) -> None:
    """The new card of a customer who lost theirs was scanned."""
    do(counter, FormAnswer(FurtherAct.REPLACE, count=0, reason=""), code)


def do(counter: Counter, answer: FormAnswer, code: str = "") -> None:
    """What the form says; a lost card goes over to `code`, or to a number of its own."""
    card_id = counter.session.card_id
    if card_id is None:
        return
    attempt(
        counter,
        lambda by: _carry_out(counter, by, card_id, answer, code),
        lambda ended: _ended(counter, ended),
    )


def _carry_out(counter: Counter, by: By, card_id: CardId, answer: FormAnswer, code: str) -> _Outcome:
    till = counter.till
    match answer.act:
        case FurtherAct.TAKE_STAMPS:
            return void_count(till, by, card_id, answer.count, answer.reason)
        case FurtherAct.CARRY_OVER:
            return carry_over(till, by, card_id, answer.count)
        case FurtherAct.REPLACE:
            return replace(till, by, card_id, code or None)
        case FurtherAct.BLOCK:
            return block(till, by, card_id, answer.reason)
        case FurtherAct.UNBLOCK:
            return unblock(till, by, card_id)


def _ended(counter: Counter, end: Ended[_Outcome]) -> None:
    window = counter.window
    match end.outcome:
        case Recorded() as recorded:
            # What came before cannot be undone with one key any more: it is no longer the last act.
            counter.session.undoable = None
            window.hide_undo()
            target = end.here.shop.terms.stamps_target
            result = result_view.done(recorded, online=counter.online, target=target)
            if recorded.kind is Kind.REPLACE:
                show_code(counter, recorded, result)
            else:
                cards.show_end(counter, end, recorded.card.card_id, result)
        case Mistyped() | Unreadable() as found:
            window.show_result(result_view.not_a_card(found), stays=True)
        case no:
            window.show_result(result_view.refused(no, end.here), stays=True)
    refresh(counter)
