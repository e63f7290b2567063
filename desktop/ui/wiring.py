"""Which signal of the window asks for which action: one table, nothing else."""

from dataclasses import replace
from functools import partial

from PySide6.QtGui import QKeySequence, QShortcut

from desktop.present import till_words, words
from desktop.present.language import tr
from desktop.sync.state import SyncState
from desktop.ui.actions import idle
from desktop.ui.actions.cards import card as cards
from desktop.ui.actions.cards import further, new_card, scan, search
from desktop.ui.actions.people import shift, staff
from desktop.ui.actions.till import devices, diagnostics, enrolment, leaving, menu, settings, training
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh
from desktop.ui.scanner import Scanner


def wire_window(counter: Counter) -> None:
    """Connect a new window to the actions."""
    _wire_frame(counter)
    _wire_idle(counter)
    _wire_pages(counter)


def wire_sources(counter: Counter, scanner: Scanner) -> None:
    """Connect what outlives a window: the scanner, and the bridge's news."""
    scanner.scanned.connect(partial(_hear_scan, counter, scanner))
    scanner.half_scanned.connect(partial(_hear_half_scan, counter))
    counter.bridge.sync_changed.connect(partial(_hear_of_sync, counter))
    counter.bridge.printer_told.connect(partial(devices.hear_printer, counter))
    counter.bridge.broke.connect(partial(staff.tell_bug, counter))


def _wire_frame(counter: Counter) -> None:
    window, strip = counter.window, counter.window.strip
    window.back.connect(partial(_go_back, counter))
    window.undo.connect(partial(cards.undo, counter))
    window.result_over.connect(partial(_end_result, counter))
    window.result_shown.connect(partial(devices.sound, counter))
    window.close_wanted.connect(partial(leaving.ask_to_close, counter))
    full_screen = QShortcut(QKeySequence("F12"), window)
    full_screen.setWhatsThis(tr(till_words.FULL_SCREEN))
    full_screen.activated.connect(partial(leaving.toggle_full_screen, counter))
    strip.sync_requested.connect(partial(staff.sync_now, counter))
    strip.attention_requested.connect(partial(staff.show_attention, counter))
    strip.trouble_requested.connect(partial(staff.show_trouble, counter))
    strip.menu_requested.connect(partial(menu.show_menu, counter))
    strip.person_requested.connect(partial(staff.change_person, counter))
    for key, item, what in (
        ("F5", strip.link, words.SYNC_NOW),
        ("F6", strip.person, words.SHOW_PEOPLE),
        ("F7", strip.rejected, words.SHOW_ATTENTION),
        ("F10", strip.menu, words.MENU),
    ):
        # The item's own click: what is not shown on the strip has no key either.
        shortcut = QShortcut(QKeySequence(key), item)
        shortcut.setWhatsThis(tr(what))
        shortcut.activated.connect(item.click)


def _wire_idle(counter: Counter) -> None:
    page = counter.window.pages.idle
    page.typed.connect(partial(idle.take_typed, counter))
    page.search_wanted.connect(lambda: search.show_search(counter))
    page.row_chosen.connect(partial(idle.open_row, counter))
    page.new_card.connect(lambda: new_card.show_new_card(counter))


def _wire_pages(counter: Counter) -> None:
    pages = counter.window.pages
    pages.card.act_requested.connect(partial(cards.act_on_card, counter))
    pages.card.void_requested.connect(partial(cards.ask_void, counter))
    pages.card.further_requested.connect(partial(further.show_further, counter))
    pages.further.chosen.connect(partial(further.choose, counter))
    pages.further.slip_wanted.connect(lambda is_copy: devices.print_card(counter, copy=is_copy))
    pages.further_form.confirmed.connect(partial(further.do, counter))
    pages.new_card.make_requested.connect(partial(new_card.begin_card, counter))
    pages.card_ready.stamp_requested.connect(partial(new_card.stamp_new_card, counter))
    pages.take_back.confirmed.connect(partial(cards.void, counter))
    pages.staff.picked.connect(partial(staff.pick_person, counter))
    pages.staff.sign_out.connect(partial(staff.sign_out, counter))
    pages.pin.pin_entered.connect(partial(staff.enter_pin, counter))
    pages.pin.unlock_requested.connect(partial(staff.unlock_person, counter))
    pages.pin.ticked.connect(partial(staff.count_down, counter))
    pages.attention.acknowledged.connect(partial(staff.acknowledge, counter))
    pages.search.typed.connect(partial(search.search, counter))
    pages.search.chosen.connect(partial(search.open_found, counter))
    pages.shift.open_requested.connect(partial(shift.open_a_shift, counter))
    pages.shift.close_requested.connect(partial(shift.close_the_shift, counter))
    pages.offline.back.connect(partial(_go_back, counter))
    pages.training.begin_chosen.connect(partial(training.begin, counter))
    pages.training.end_chosen.connect(partial(training.end, counter))
    pages.training.card_chosen.connect(partial(training.scan_card, counter))
    pages.training.back.connect(partial(_go_back, counter))
    pages.leaving.close_chosen.connect(partial(leaving.close, counter))
    pages.leaving.stay_chosen.connect(partial(leaving.stay, counter))
    pages.menu.full_screen_left.connect(partial(leaving.toggle_full_screen, counter))
    pages.menu.close_wanted.connect(partial(leaving.ask_to_close, counter))
    pages.enrol.language_chosen.connect(partial(enrolment.choose_language, counter))
    pages.enrol.typed.connect(partial(enrolment.take_typed, counter))
    pages.enrol.connect_requested.connect(partial(enrolment.connect, counter))
    pages.enrol.next.connect(partial(enrolment.go_on, counter))
    pages.enrol.back.connect(partial(enrolment.go_back, counter))
    pages.enrol.play.connect(partial(enrolment.play_sound, counter))
    pages.notice.pressed.connect(partial(staff.press_notice, counter))
    pages.menu.chosen.connect(partial(menu.choose, counter))
    pages.settings.changed.connect(partial(settings.choose, counter))
    pages.settings.autostart_wanted.connect(partial(settings.start_with_computer, counter))
    pages.settings.printer_changed.connect(partial(devices.choose_printer, counter))
    pages.settings.slip_wanted.connect(partial(devices.print_test, counter))
    pages.settings.sound_wanted.connect(partial(devices.try_sound, counter))
    pages.diagnostics.log_wanted.connect(partial(diagnostics.save_log, counter))
    pages.diagnostics.queue_wanted.connect(partial(diagnostics.save_queue, counter))
    leavable = (
        pages.card,
        pages.further,
        pages.further_form,
        pages.new_card,
        pages.staff,
        pages.pin,
        pages.take_back,
        pages.attention,
        pages.search,
        pages.shift,
        pages.menu,
        pages.settings,
        pages.diagnostics,
    )
    for page in leavable:
        page.back.connect(partial(_go_back, counter))
    pages.card_ready.done.connect(partial(cards.go_back, counter))


def _hear_scan(counter: Counter, scanner: Scanner, text: str) -> None:
    if counter.window.page is Page.ENROL:
        enrolment.take_scan(counter, text, longest_gap_ms=scanner.longest_gap_ms, limit_ms=scanner.limit_ms)
    else:
        scan.scan(counter, text)


def _hear_half_scan(counter: Counter, text: str) -> None:
    if counter.window.page is Page.ENROL:
        enrolment.take_half_scan(counter, text)
    else:
        scan.half_scan(counter)


def _go_back(counter: Counter) -> None:
    match counter.window.page:
        case Page.ENROL:
            enrolment.go_back(counter)
        case Page.STAFF | Page.PIN if counter.asked is not None:
            staff.go_back(counter)
        case Page.LEAVING:
            leaving.stay(counter)
        case Page.OFFLINE | Page.TRAINING:
            menu.show_menu(counter)
        case _:
            cards.go_back(counter)


def _hear_of_sync(counter: Counter, state: SyncState) -> None:
    if counter.real is not None:
        counter.real = replace(counter.real, sync=state)
        return
    counter.sync = state
    refresh(counter)


def _end_result(counter: Counter) -> None:
    """A card does not stay on the screen for the next customer to read."""
    counter.window.clear_result()
    if counter.window.page is Page.CARD:
        cards.go_idle(counter)
