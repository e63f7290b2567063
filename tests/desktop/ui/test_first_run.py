"""The first run at a real window: every failure with a server that really fails so, and the way back from each."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from common.clock import SystemClock
from common.terms import Terms
from desktop.cashier.engine import Till
from desktop.flow.first_run import Step
from desktop.preferences import read_preferences
from desktop.present import language
from desktop.present.language import Language
from desktop.secrets import PLACE_VARIABLE
from desktop.store import identity, synced
from desktop.store.book import Book
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.sync import scripted_server
from tests.desktop.sync.scripted_server import Reply, answering, free_port, problem, serving
from tests.desktop.ui.at_work import AtWork, at_work
from tests.helpers.clock import ManualClock
from tests.helpers.keyboard import calm
from tests.helpers.real_hub import RealHub

CERTIFICATES = Path(scripted_server.__file__).parent / "certificates"

Open = Callable[..., AbstractContextManager[AtWork]]


@pytest.fixture(autouse=True)
def _in_english_with_secrets_in_a_file(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(PLACE_VARIABLE, "file")
    yield
    language.use(Language.ENGLISH)


@pytest.fixture
def work(qtbot: QtBot, qapp: QApplication, book_path: Path, tmp_path: Path) -> Iterator[AtWork]:
    """A computer that is no till yet."""
    with Book.open(book_path) as book, at_work(qtbot, qapp, Till(book, SystemClock()), tmp_path) as work:
        work.on(Page.ENROL)
        yield work


def step(work: AtWork) -> Step:
    return work.window.pages.enrol.run.step


def at(work: AtWork, wanted: Step) -> None:
    work.until(lambda: step(work) is wanted)


def next_is_possible(work: AtWork) -> bool:
    return work.window.pages.enrol.next_button.isEnabled()


def at_server(work: AtWork, address: str, code: str = "K7QF-2M9D") -> None:
    """With the address and the code typed."""
    work.click("language_en")
    at(work, Step.SERVER)
    page = work.window.pages.enrol
    for field, text in ((page.address, address), (page.code, code)):
        field.setFocus()
        field.selectAll()
        QApplication.clipboard().setText(text)
        QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def said(work: AtWork) -> str:
    """Press Connect, and wait for why it does not work."""
    work.click("first_run_next")
    page = work.window.pages.enrol
    work.until(lambda: bool(page.message.text()))
    return page.message.text()


def is_no_till(work: AtWork) -> bool:
    with work.till.book.read() as connection:
        return identity.find(connection) is None


def test_a_language_is_chosen_seen_at_once_and_kept(work: AtWork, tmp_path: Path) -> None:
    before = work.window
    work.click("language_fr")
    work.in_another_window(before)
    at(work, Step.SERVER)
    assert read_preferences(tmp_path).language == "fr"
    assert language.in_use() is Language.FRENCH
    assert not work.window.strip.isVisible()
    work.press(Qt.Key.Key_Escape)
    at(work, Step.LANGUAGE)
    work.until(work.window.pages.enrol.language.buttons[Language.FRENCH].hasFocus)


def test_escape_leads_back_and_loses_nothing_that_was_typed(work: AtWork) -> None:
    at_server(work, "https://stamps.example.com")
    work.press(Qt.Key.Key_Escape)
    at(work, Step.LANGUAGE)
    work.press(Qt.Key.Key_Escape)
    assert work.window.page is Page.ENROL
    work.click("language_de")
    at(work, Step.SERVER)
    page = work.window.pages.enrol
    assert (page.address.text(), page.code.text()) == ("https://stamps.example.com", "K7QF-2M9D")


def test_one_scan_may_bring_address_and_code(work: AtWork) -> None:
    work.click("language_en")
    work.scan("https://stamps.example.com/#K7QF-2M9D")
    page = work.window.pages.enrol
    work.until(lambda: page.code.text() == "K7QF-2M9D")
    assert page.address.text() == "https://stamps.example.com"
    work.scan(shop.token(1))
    work.until(lambda: "not an enrolment code" in page.message.text())
    assert page.code.text() == "K7QF-2M9D"


REFUSALS: list[tuple[str, Reply, str]] = [
    ("a wrong code", problem(401, "enrolment_code_invalid"), "a code works once, for ten minutes"),
    ("no numbers left", problem(409, "till_numbers_used_up"), "no number left for another till"),
    ("a login page", answering(200, b"<html>Welcome to our Wi-Fi", "text/html"), "a login page of the network"),
    ("another program", answering(200, {"hello": "world"}), "Something else than a Tillstamp server"),
    ("a redirect", answering(302, b"", Location="https://elsewhere"), "sends this till elsewhere"),
    ("another status", answering(404, b"no", "text/plain"), "status 404"),
    ("too old a program", problem(426, "upgrade_required"), "too old for the server"),
    ("too busy", problem(503, "busy"), "too busy just now"),
]


@pytest.mark.parametrize(("reply", "reason"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
def test_what_the_server_says_no_with_is_told_and_leaves_no_half_a_till(
    work: AtWork, reply: Reply, reason: str
) -> None:
    with serving(reply) as server:
        at_server(work, server.url)
        assert reason in said(work)
    assert step(work) is Step.SERVER
    assert is_no_till(work)
    assert next_is_possible(work)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "is not an address"),
        ("https://a b", "is not an address"),
        ("http://stamps.example.com", "is not encrypted"),
        ("https://no-such-host.invalid", "no server of the name"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(work: AtWork, address: str, reason: str) -> None:
    at_server(work, address)
    assert reason in said(work)
    assert is_no_till(work)


def test_a_port_where_nobody_listens_is_told(work: AtWork) -> None:
    at_server(work, f"http://127.0.0.1:{free_port()}")
    assert "Nothing answers" in said(work)


@pytest.mark.parametrize(
    ("certificate", "trusted", "reason"),
    [("valid", False, "not one that this computer trusts"), ("ended", True, "set the computer's clock right")],
)
def test_a_certificate_that_does_not_do_is_told(
    work: AtWork, certificate: str, trusted: bool, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = CERTIFICATES / f"{certificate}.pem"
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    with serving(problem(401, "enrolment_code_invalid"), tls=context) as server:
        at_server(work, f"https://127.0.0.1:{server.port}")
        assert reason in said(work)


def test_back_gives_up_an_attempt_that_gets_no_answer(work: AtWork) -> None:
    with serving(lambda _request, _out: server.closing.wait(60)) as server:  # type: ignore[arg-type]  # waits
        at_server(work, server.url)
        work.click("first_run_next")
        work.until(lambda: bool(server.requests))
        assert not next_is_possible(work)
        work.press(Qt.Key.Key_Escape)
        work.until(lambda: "Given up" in work.window.pages.enrol.message.text())
        assert step(work) is Step.SERVER
        assert work.window.pages.enrol.code.text() == "K7QF-2M9D"
    assert is_no_till(work)


def test_a_window_closes_at_once_in_the_middle_of_an_attempt(
    qtbot: QtBot, qapp: QApplication, book_path: Path, tmp_path: Path
) -> None:
    with serving(lambda _request, _out: server.closing.wait(60)) as server:  # type: ignore[arg-type]  # waits
        with Book.open(book_path) as book, at_work(qtbot, qapp, Till(book, SystemClock()), tmp_path) as work:
            work.on(Page.ENROL)
            at_server(work, server.url)
            work.click("first_run_next")
            work.until(lambda: bool(server.requests))
        # The block ended: the worker was not waited for until its request was over.
        assert not server.closing.is_set()


def test_from_the_shop_to_the_first_scan(
    hub: RealHub, qtbot: QtBot, qapp: QApplication, book_path: Path, tmp_path: Path
) -> None:
    with Book.open(book_path) as book, at_work(qtbot, qapp, Till(book, SystemClock()), tmp_path, hub.url) as work:
        work.on(Page.ENROL)
        at_server(work, hub.url, hub.code())
        work.press(Qt.Key.Key_Return)
        at(work, Step.SHOP)
        work.until(lambda: next_is_possible(work))
        assert "Roast & Co · Gare · front" in work.text("shop_detail")
        assert "2 people" in work.text("shop_detail")
        assert work.window.pages.enrol.shop.bar.done
        assert not work.window.pages.enrol.shop.clock.isVisible()
        assert not work.window.strip.isVisible()

        # Back to the server and on again: the code is not used twice.
        work.press(Qt.Key.Key_Escape)
        at(work, Step.SERVER)
        work.click("first_run_next")
        at(work, Step.SHOP)

        work.until(lambda: next_is_possible(work))
        work.click("first_run_next")
        at(work, Step.SCANNER)
        assert work.window.pages.enrol.next_button.text() == "Skip"
        work.keyboard.keys("TS1-0123", gap_ms=5)
        verdict = work.window.pages.enrol.scanner.verdict
        work.until(lambda: "Only a part" in verdict.text())
        QTest.qWait(400)
        work.scan(shop.token(1))
        work.until(lambda: verdict.text() == "A stamp card. The scanner works.")
        assert work.text("scan_pace") == "30 characters, at most 5 ms apart"
        assert work.window.pages.enrol.next_button.text() == "Next"
        work.keyboard.keys("4006381333931⏎", gap_ms=45)
        calm()
        work.until(lambda: "close to the limit" in verdict.text())

        work.click("first_run_next")
        at(work, Step.SOUND)
        work.click("first_run_next")
        at(work, Step.READY)
        work.press(Qt.Key.Key_Escape)
        at(work, Step.SOUND)
        work.click("first_run_next")
        work.click("first_run_next")
        work.on(Page.IDLE)
        work.until(work.window.strip.isVisible)
        assert work.counts().waiting == 0


def test_a_wrong_clock_is_told_and_keeps_nobody_from_work(
    hub: RealHub, qtbot: QtBot, qapp: QApplication, book_path: Path, tmp_path: Path
) -> None:
    clock = ManualClock(now=SystemClock().now() + timedelta(minutes=7, seconds=30))
    with Book.open(book_path) as book, at_work(qtbot, qapp, Till(book, clock), tmp_path, hub.url) as work:
        work.on(Page.ENROL)
        at_server(work, hub.url, hub.code())
        work.click("first_run_next")
        at(work, Step.SHOP)
        work.until(lambda: next_is_possible(work))
        assert work.text("shop_clock").startswith("Clock 7 min fast. Stamps get the right time all the same")


def test_a_till_that_died_before_its_first_snapshot_goes_on_with_it(
    hub: RealHub, qtbot: QtBot, qapp: QApplication, book_path: Path, tmp_path: Path
) -> None:
    with (
        Book.open(book_path) as book,
        at_work(qtbot, qapp, Till(book, SystemClock()), tmp_path, "http://127.0.0.1:1") as work,
    ):
        work.on(Page.ENROL)
        at_server(work, hub.url, hub.code())
        work.click("first_run_next")
        at(work, Step.SHOP)
        work.until(lambda: "Nothing answers" in work.window.pages.enrol.shop.problem.text())
        assert not next_is_possible(work)
        secrets = work.till.secrets
    with (
        Book.open(book_path) as book,
        at_work(qtbot, qapp, Till(book, SystemClock(), secrets), tmp_path, hub.url) as work,
    ):
        work.on(Page.ENROL)
        at(work, Step.SHOP)
        work.until(lambda: next_is_possible(work))


def test_the_cards_are_counted_as_they_arrive(work: AtWork) -> None:
    clock = ManualClock()
    shop.enrol_till(work.till.book, clock)
    changes = shop.shop_changes(Terms(), [shop.card_row(place) for place in range(1, 41)])
    with work.till.book.write() as connection:
        synced.stage_page(connection, shop.page(changes, clock, ver=1, reset=True, more=True))
    work.opened.counter.first_run = None
    work.press(Qt.Key.Key_Escape)
    work.opened.ages.timeout.emit()
    work.until(lambda: "40 cards so far" in work.window.pages.enrol.shop.detail.text())
    assert work.window.pages.enrol.shop.bar.busy
