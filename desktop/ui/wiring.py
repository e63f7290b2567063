"""Which signal of the window asks for which action: one table, nothing else."""

from functools import partial

from PySide6.QtGui import QKeySequence, QShortcut

from desktop.sync.state import SyncState
from desktop.ui import actions, staff_actions
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh
from desktop.ui.scanner import Scanner


def wire(counter: Counter, scanner: Scanner) -> None:
    """Connect the window, the scanner and the bridge's news to the actions."""
    _wire_window(counter)
    _wire_pages(counter)
    scanner.scanned.connect(partial(actions.scan, counter))
    scanner.half_scanned.connect(lambda _text: actions.half_scan(counter))
    counter.bridge.sync_changed.connect(partial(_hear_of_sync, counter))
    counter.bridge.broke.connect(partial(staff_actions.tell_bug, counter))


def _wire_window(counter: Counter) -> None:
    window, strip = counter.window, counter.window.strip
    window.back.connect(partial(actions.go_back, counter))
    window.undo.connect(partial(actions.undo, counter))
    window.result_over.connect(partial(_end_result, counter))
    strip.sync_requested.connect(partial(staff_actions.sync_now, counter))
    strip.attention_requested.connect(partial(staff_actions.show_attention, counter))
    strip.trouble_requested.connect(partial(staff_actions.show_trouble, counter))
    strip.person_requested.connect(partial(staff_actions.change_person, counter))
    for key, item in (("F5", strip.link), ("F6", strip.person), ("F7", strip.rejected)):
        # The item's own click: what is not shown on the strip has no key either.
        QShortcut(QKeySequence(key), item).activated.connect(item.click)


def _wire_pages(counter: Counter) -> None:
    window = counter.window
    window.idle.code_entered.connect(partial(actions.scan, counter))
    window.idle.new_card.connect(lambda: actions.new_card(counter))
    window.card.act_requested.connect(partial(actions.act_on_card, counter))
    window.card.void_requested.connect(partial(actions.ask_void, counter))
    window.new_card.make_requested.connect(partial(actions.begin_card, counter))
    window.card_ready.stamp_requested.connect(partial(actions.stamp_new_card, counter))
    window.take_back.confirmed.connect(partial(actions.void, counter))
    window.staff.picked.connect(partial(staff_actions.pick_person, counter))
    window.staff.sign_out.connect(partial(staff_actions.sign_out, counter))
    window.pin.pin_entered.connect(partial(staff_actions.enter_pin, counter))
    window.pin.unlock_requested.connect(partial(staff_actions.unlock_person, counter))
    window.attention.acknowledged.connect(partial(staff_actions.acknowledge, counter))
    window.enrol.enrol_requested.connect(partial(staff_actions.enrol_till, counter))
    window.notice.pressed.connect(partial(staff_actions.press_notice, counter))
    for page in (window.card, window.new_card, window.staff, window.pin, window.take_back, window.attention):
        page.back.connect(partial(actions.go_back, counter))
    window.card_ready.done.connect(partial(actions.go_back, counter))


def _hear_of_sync(counter: Counter, state: SyncState) -> None:
    counter.sync = state
    refresh(counter)


def _end_result(counter: Counter) -> None:
    """A card does not stay on the screen for the next customer to read."""
    counter.window.clear_result()
    if counter.window.page is Page.CARD:
        actions.go_idle(counter)
