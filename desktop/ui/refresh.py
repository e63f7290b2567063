"""Keep what the window shows true: the strip, and the page that is shown, are read anew on the worker."""

from dataclasses import dataclass

from PySide6.QtCore import QTimer

from common.ids import CardId
from desktop.cashier.engine import By, Till
from desktop.devices.printer import PrinterTrouble
from desktop.flow.first_run import Step
from desktop.present.pages.cards.card_view import read_card
from desktop.present.pages.idle_view import read_idle
from desktop.present.pages.people.shift_view import ShiftView, read_shift_view
from desktop.present.pages.till.attention_view import AttentionItem, read_attention
from desktop.present.pages.till.notice_view import notice_of
from desktop.present.pages.till.offline_view import OfflineView, read_offline
from desktop.present.pages.till.strip_view import read_strip, training_strip
from desktop.present.views import IdleView, StampCardView, StripView
from desktop.sync.state import SyncState
from desktop.trouble import KnownTrouble, NotEnrolled, NotSyncedYet
from desktop.ui.actions.till import first_run
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page


@dataclass(frozen=True, slots=True)
class Question:
    """What to read anew, as the thread that paints knows it."""

    page: Page
    sync: SyncState
    person: str
    by: By
    card_id: CardId | None
    online: bool
    printer: PrinterTrouble | None
    training: bool


@dataclass(frozen=True, slots=True)
class News:
    """The strip, and what the page in question shows now."""

    strip: StripView
    idle: IdleView | None = None
    card: StampCardView | None = None
    attention: tuple[AttentionItem, ...] | None = None
    shift: ShiftView | None = None
    offline: OfflineView | None = None


def refresh(counter: Counter) -> None:
    """Read anew. However often it is asked for, at most one reading is under way and one waits."""
    if counter.refreshing:
        counter.refresh_again = True
        return
    counter.refreshing, counter.refresh_again = True, False
    session = counter.session
    question = Question(
        page=counter.window.page,
        sync=counter.sync,
        person="" if session.worker is None else session.worker.name,
        by=session.by(),
        card_id=session.card_id,
        online=counter.online,
        printer=counter.devices.printer.trouble,
        training=counter.real is not None,
    )
    counter.look(
        lambda: _read(counter.till, question),
        lambda news: _show(counter, question, news),
        lambda trouble: _tell(counter, trouble),
    )


def _read(till: Till, question: Question) -> News:
    strip = read_strip(till, question.sync, question.person, question.printer)
    if question.training:
        strip = training_strip(strip.person_text)
    match question.page:
        case Page.IDLE | Page.NOTICE | Page.ENROL:
            return News(strip, idle=read_idle(till))
        case Page.CARD if question.card_id is not None:
            return News(strip, card=read_card(till, question.by, question.card_id, online=question.online))
        case Page.ATTENTION:
            return News(strip, attention=read_attention(till))
        case Page.OFFLINE:
            return News(strip, offline=read_offline(till))
        case Page.SHIFT:
            return News(strip, shift=read_shift_view(till))
        case _:
            return News(strip)


def _show(counter: Counter, question: Question, news: News) -> None:
    window = counter.window
    window.strip.set_view(news.strip)
    window.strip.setVisible(counter.first_run is None or counter.first_run.again)
    if news.strip.look_again_ms:
        QTimer.singleShot(news.strip.look_again_ms, window, lambda: refresh(counter))
    if news.idle is not None:
        window.set_title(news.idle.title)
        window.pages.idle.set_view(news.idle)
    if window.page is question.page and counter.session.card_id == question.card_id:
        if news.card is not None:
            window.pages.card.set_view(news.card)
        if news.attention is not None:
            window.pages.attention.set_items(news.attention)
        if news.offline is not None:
            window.pages.offline.set_view(news.offline)
        if news.shift is not None:
            window.pages.shift.set_view(news.shift)
    if counter.awaits_shop and window.page is Page.NOTICE:
        counter.awaits_shop = False
        window.show_page(Page.IDLE)
    if counter.first_run is not None and counter.first_run.step is Step.SHOP:
        first_run.look_at_shop(counter)
    _finish(counter)


def _tell(counter: Counter, trouble: KnownTrouble) -> None:
    """Trouble that keeps every page from being read."""
    window = counter.window
    match trouble:
        case NotEnrolled():
            first_run.begin(counter)
        case NotSyncedYet():
            first_run.begin_fetching(counter)
            first_run.look_at_shop(counter)
        case _:
            window.pages.notice.set_view(notice_of(trouble))
            counter.awaits_shop = True
            if window.page is not Page.NOTICE:
                window.show_page(Page.NOTICE)
    _finish(counter)


def _finish(counter: Counter) -> None:
    counter.refreshing = False
    if counter.refresh_again:
        refresh(counter)
