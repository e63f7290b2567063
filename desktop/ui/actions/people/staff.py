"""What people do at the till besides cards: say who they are, approve, unlock, look at what went wrong, enrol."""

from collections.abc import Callable
from uuid import UUID

from common.ids import OperationKey, StaffId
from common.rules.refusals import RefusalCode, Refused
from desktop.cashier.looking import activity
from desktop.cashier.outcome import Locked, NoPin, SignedIn, Unlocked, WrongPin
from desktop.cashier.people.sign_in import sign_in, unlock
from desktop.present import words
from desktop.present.language import tr
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.people.staff_view import (
    Wanted,
    locked_for_text,
    pin_answer,
    pin_view,
    read_person,
    read_staff,
)
from desktop.present.pages.till import notice_view
from desktop.present.pages.till.attention_view import AttentionItem, read_attention
from desktop.present.views import NoticeView, PinView, StaffTile, StaffView
from desktop.trouble import KnownTrouble
from desktop.ui.actions.till import first_run
from desktop.ui.counter import Asked, Counter
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh


def ask_pin(counter: Counter, wanted: Wanted, then: Callable[[SignedIn], None], *, outer: Asked | None = None) -> None:
    """Ask for a PIN; `then` goes on with whoever entered it. Anybody's PIN signs them in as well."""
    page, before = counter.window.page, counter.asked
    from_page = before.from_page if before is not None and page in {Page.STAFF, Page.PIN} else page
    counter.asked = Asked(wanted, then, from_page, outer=outer)
    _show_people(counter, counter.asked)


def go_back(counter: Counter) -> None:
    """Escape from the names or the pad: one step back towards where the PIN was asked for."""
    window, asked = counter.window, counter.asked
    if asked is None:
        return
    window.clear_result()
    if window.page is Page.PIN:
        asked.person = None
        _show_people(counter, asked)
        return
    counter.asked = asked.outer
    if asked.outer is not None and asked.outer.person is not None:
        pick_person(counter, asked.outer.person)
    else:
        window.show_page(asked.from_page)


def change_person(counter: Counter) -> None:
    """Somebody else works from now on, or the first today."""

    def go_on(_: SignedIn) -> None:
        refresh(counter)

    counter.window.clear_result()
    ask_pin(counter, Wanted.ANYBODY, go_on)


def pick_person(counter: Counter, person: StaffTile) -> None:
    """A tile was pressed: their pad, as they stand now."""
    asked = counter.asked
    if asked is None:
        return
    asked.person = person

    def show(now: StaffTile | None) -> None:
        if counter.asked is asked and asked.person is person:
            view = pin_view(now or person)
            _set_pad(counter, asked, view)
            counter.window.show_page(Page.PIN)

    counter.look(lambda: read_person(counter.till, StaffId(UUID(person.staff_id))), show)


def count_down(counter: Counter) -> None:
    """A moment of a lock has passed. Once it is over, the pad opens."""
    asked = counter.asked
    if asked is None or asked.person is None or asked.opens_at_ms is None:
        return
    left_ms = asked.opens_at_ms - counter.till.clock.uptime_ms()
    if left_ms > 0:
        counter.window.pages.pin.pad.set_countdown(locked_for_text(-(-left_ms // 1_000)))
    else:
        asked.opens_at_ms = None
        pick_person(counter, asked.person)


def enter_pin(counter: Counter, pin: str) -> None:
    """Check a PIN, off the thread that paints."""
    asked = counter.asked
    person = asked.person if asked is not None else None
    if asked is None or person is None:
        return
    staff_id = StaffId(UUID(person.staff_id))
    _set_pad(counter, asked, PinView(person.name, tr(words.CHECKING), accepts=False))

    def told(answer: tuple[SignedIn | WrongPin | Locked | NoPin | Refused, Here]) -> None:
        # Who has turned away in the meantime, or picked somebody else, does not sign in any more.
        if counter.asked is asked and asked.person is person:
            _answered(counter, asked, person, *answer)

    def troubled(trouble: KnownTrouble) -> None:
        if counter.asked is asked and asked.person is person:
            _set_pad(counter, asked, PinView(person.name))
        counter.tell_trouble(trouble)

    counter.look(lambda: (sign_in(counter.till, staff_id, pin), read_here(counter.till)), told, troubled)


def unlock_person(counter: Counter) -> None:
    """Let a manager unlock the person who was picked; then that person's PIN is asked for as before.

    Whoever is signed in stays so, and a manager who turns back leaves that person's pad as it was.
    """
    asked = counter.asked
    person = asked.person if asked is not None else None
    if asked is None or person is None:
        return
    locked_id = StaffId(UUID(person.staff_id))

    def ask_again(_: Unlocked | Refused) -> None:
        if counter.asked is asked:
            pick_person(counter, person)

    def troubled(trouble: KnownTrouble) -> None:
        ask_again(Refused(RefusalCode.MANAGER_REQUIRED))
        counter.tell_trouble(trouble)

    def approved(manager: SignedIn) -> None:
        counter.look(lambda: unlock(counter.till, manager, locked_id), ask_again, troubled)

    ask_pin(counter, Wanted.MANAGER, approved, outer=asked)


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
    if view is not None and view.button == tr(words.ACKNOWLEDGE):
        counter.act(lambda: activity.acknowledge_setback(counter.till), lambda _: _leave_notice(counter))
        return
    counter.runner.hurry()
    _leave_notice(counter)


def _leave_notice(counter: Counter) -> None:
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
        _set_pad(counter, asked, pin_answer(person.name, answer, here))
        counter.window.pages.pin.take_focus()
        return
    counter.asked = asked.outer
    if asked.wanted is Wanted.ANYBODY:
        if counter.session.worker is None or counter.session.worker.staff_id != answer.staff_id:
            counter.session.sign_out()
            counter.window.hide_undo()
        counter.session.worker = answer
    if asked.outer is None:
        counter.window.show_page(asked.from_page)
    asked.then(answer)


def _show_people(counter: Counter, asked: Asked) -> None:
    def show(view: StaffView) -> None:
        if counter.asked is asked:
            may_sign_out = asked.wanted is Wanted.ANYBODY and counter.session.worker is not None
            counter.window.pages.staff.set_view(view, may_sign_out=may_sign_out)
            counter.window.show_page(Page.STAFF)

    counter.look(lambda: read_staff(counter.till, asked.wanted), show)


def _set_pad(counter: Counter, asked: Asked, view: PinView) -> None:
    """Show this on the pad, and note when it opens by itself."""
    locked = view.locked_for_s > 0
    asked.opens_at_ms = counter.till.clock.uptime_ms() + view.locked_for_s * 1_000 if locked else None
    counter.window.pages.pin.set_view(view, may_unlock=locked)
    count_down(counter)
