"""What people do at the till besides cards: say who they are, approve, unlock, look at what went wrong, enrol."""

from collections.abc import Callable
from uuid import UUID

from common.ids import OperationKey, StaffId
from common.rules.refusals import Refused
from desktop.cashier import activity
from desktop.cashier.outcome import Locked, NoPin, SignedIn, Unlocked, WrongPin
from desktop.cashier.sign_in import sign_in, unlock
from desktop.present import words
from desktop.present.language import tr
from desktop.present.pages import notice_view
from desktop.present.pages.attention_view import AttentionItem, read_attention
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.staff_view import Wanted, pin_answer, pin_view, read_staff
from desktop.present.views import NoticeView, PinView, StaffTile, StaffView
from desktop.trouble import KnownTrouble
from desktop.ui.actions import first_run
from desktop.ui.counter import Asked, Counter
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh


def ask_pin(counter: Counter, wanted: Wanted, then: Callable[[SignedIn], None]) -> None:
    """Ask for a PIN; `then` goes on with whoever entered it. Anybody's PIN signs them in as well."""
    from_page = counter.window.page if counter.asked is None else counter.asked.from_page
    counter.asked = asked = Asked(wanted, then, from_page)

    def show(view: StaffView) -> None:
        if counter.asked is asked:
            may_sign_out = wanted is Wanted.ANYBODY and counter.session.worker is not None
            counter.window.pages.staff.set_view(view, may_sign_out=may_sign_out)
            counter.window.show_page(Page.STAFF)

    counter.look(lambda: read_staff(counter.till, wanted), show)


def change_person(counter: Counter) -> None:
    """Somebody else works from now on, or the first today."""

    def go_on(_: SignedIn) -> None:
        refresh(counter)

    counter.window.clear_result()
    ask_pin(counter, Wanted.ANYBODY, go_on)


def pick_person(counter: Counter, person: StaffTile) -> None:
    """A tile was pressed."""
    if counter.asked is None:
        return
    counter.asked.person = person
    view = pin_view(person.name, person.note if person.locked else "")
    counter.window.pages.pin.set_view(view, may_unlock=person.locked)
    counter.window.show_page(Page.PIN)


def enter_pin(counter: Counter, pin: str) -> None:
    """Check a PIN, off the thread that paints."""
    asked = counter.asked
    person = asked.person if asked is not None else None
    if person is None:
        return
    staff_id = StaffId(UUID(person.staff_id))
    counter.window.pages.pin.set_view(PinView(person.name, tr(words.CHECKING), accepts=False), may_unlock=False)

    def told(answer: tuple[SignedIn | WrongPin | Locked | NoPin | Refused, Here]) -> None:
        if counter.asked is asked and asked is not None:
            _answered(counter, asked, person, *answer)

    def troubled(trouble: KnownTrouble) -> None:
        counter.window.pages.pin.set_view(pin_view(person.name), may_unlock=False)
        counter.tell_trouble(trouble)

    counter.look(lambda: (sign_in(counter.till, staff_id, pin), read_here(counter.till)), told, troubled)


def unlock_person(counter: Counter) -> None:
    """Let a manager unlock the person who was picked; then that person's PIN is asked for as before."""
    asked = counter.asked
    person = asked.person if asked is not None else None
    if asked is None or person is None:
        return
    locked_id = StaffId(UUID(person.staff_id))

    def ask_again(outcome: Unlocked | Refused) -> None:
        counter.asked = asked
        freed = StaffTile(person.staff_id, person.name) if isinstance(outcome, Unlocked) else person
        pick_person(counter, freed)

    def approved(manager: SignedIn) -> None:
        counter.look(lambda: unlock(counter.till, manager, locked_id), ask_again)

    ask_pin(counter, Wanted.MANAGER, approved)


def sign_out(counter: Counter) -> None:
    """Nobody works here until somebody signs in. The queue is left alone."""
    counter.session.sign_out()
    counter.session.card_id = None
    counter.asked = None
    counter.window.hide_undo()
    counter.window.clear_result()
    if counter.window.page is not Page.ENROL:
        counter.window.show_page(Page.IDLE)
    refresh(counter)


def show_attention(counter: Counter) -> None:
    """The list of what was rejected or parked."""

    def show(items: tuple[AttentionItem, ...]) -> None:
        counter.window.clear_result()
        counter.session.card_id = None
        counter.window.pages.attention.set_items(items)
        counter.window.show_page(Page.ATTENTION)

    counter.look(lambda: read_attention(counter.till), show)


def acknowledge(counter: Counter, key: str) -> None:
    """Somebody has seen why this operation was rejected or parked."""
    original = OperationKey(UUID(key))
    counter.act(lambda: activity.acknowledge(counter.till, original), lambda _: refresh(counter))


def sync_now(counter: Counter) -> None:
    """Try the server now, whatever the back-off."""
    counter.runner.hurry()


def show_trouble(counter: Counter) -> None:
    """What stands behind the strip's trouble, in words."""
    sync, printer = counter.sync, counter.devices.printer.trouble

    def show(notice: NoticeView | None) -> None:
        if notice is not None:
            counter.awaits_shop = False
            counter.window.pages.notice.set_view(notice)
            counter.window.show_page(Page.NOTICE)
        refresh(counter)

    counter.look(lambda: notice_view.read_trouble(counter.till, sync, printer), show)


def tell_bug(counter: Counter) -> None:
    """An act met a bug of ours; the log has it. What was recorded is kept."""
    counter.busy = counter.refreshing = False
    counter.window.pages.notice.set_view(notice_view.told(notice_view.BUG))
    counter.window.show_page(Page.NOTICE)


def press_notice(counter: Counter) -> None:
    """The button of a notice."""
    view = counter.window.pages.notice.view
    if view is not None and view.button == tr(notice_view.ENROL):
        counter.look(lambda: read_here(counter.till), lambda here: first_run.begin_again(counter, here))
        return
    counter.runner.hurry()
    if not counter.awaits_shop:
        counter.window.show_page(Page.IDLE)
    refresh(counter)


def _answered(
    counter: Counter,
    asked: Asked,
    person: StaffTile,
    answer: SignedIn | WrongPin | Locked | NoPin | Refused,
    here: Here,
) -> None:
    if not isinstance(answer, SignedIn):
        view = pin_answer(person.name, answer, here)
        counter.window.pages.pin.set_view(view, may_unlock=isinstance(answer, Locked))
        counter.window.pages.pin.take_focus()
        return
    counter.asked = None
    if asked.wanted is Wanted.ANYBODY:
        if counter.session.worker is None or counter.session.worker.staff_id != answer.staff_id:
            counter.session.sign_out()
            counter.window.hide_undo()
        counter.session.worker = answer
    counter.window.show_page(asked.from_page)
    asked.then(answer)
