"""Blank cards are cards of the merchant before their sheet is printed, and the sheet shows exactly those."""

import os
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import segno
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from common.card_code import HUB_TILL_NUMBER, CardNumber, format_number, is_token, luhn_digit, make_number, make_token
from server.operate.audit.run import audit
from server.operate.card_sheet import BlankCard, Sheet, draw_sheet
from server.operate.cards_print import CARDS_MAX, print_cards
from server.store import migrate
from server.store.engine import make_engine
from server.trouble import FileTrouble, NotPossible
from tests.helpers.clock import ManualClock
from tests.server.operate.honest_ledger import HonestShop, HonestTill


@pytest.fixture
def engine(fresh_database: Callable[..., str]) -> Iterator[Engine]:
    engine = make_engine(fresh_database(migrate.upgrade))
    yield engine
    engine.dispose()


def cards_of(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {row.number: row.token for row in connection.execute(text("SELECT number, token FROM cards"))}


def test_printed_cards_can_be_stamped_at_once(engine: Engine, tmp_path: Path) -> None:
    shop = HonestShop(engine, ManualClock())
    sheet = tmp_path / "cards.html"
    printed = print_cards(
        engine, merchant_id=shop.merchant_id, store_id=shop.gare, count=12, file=sheet, clock=shop.clock
    )
    known = cards_of(engine)
    assert set(printed.numbers) == set(known)
    assert len(known) == len(set(known.values())) == 12
    for number, token in known.items():
        assert number.startswith(f"{HUB_TILL_NUMBER:04d}")
        assert number[-1] == luhn_digit(number[:-1])
        assert is_token(token)
    with engine.connect() as connection:
        card_id, ver = connection.execute(text("SELECT card_id, ver FROM cards LIMIT 1")).one()
        codes = set(connection.scalars(text("SELECT code FROM card_codes")))
    assert ver == printed.version == 2
    assert codes == set(known) | set(known.values())
    assert HonestTill(shop, "Counter").does("stamp", card_id).outcome == "accepted"
    assert audit(engine).findings == ()


def test_sheet_shows_each_number_beside_the_code_of_its_token(engine: Engine, tmp_path: Path) -> None:
    shop = HonestShop(engine, ManualClock())
    sheet = tmp_path / "cards.html"
    print_cards(engine, merchant_id=shop.merchant_id, store_id=shop.gare, count=3, file=sheet, clock=shop.clock)
    drawn = re.findall(r'<article class="card">.*?</article>', sheet.read_text(encoding="utf-8"))
    assert len(drawn) == 3
    for number, token in cards_of(engine).items():
        (card,) = [card for card in drawn if format_number(number) in card]
        assert segno.make_qr(token, error="m").svg_inline(border=0, omitsize=True, dark="#000") in card
    assert [file.name for file in tmp_path.iterdir()] == ["cards.html"]


class WellFormed(HTMLParser):
    """Counts what opens and closes, and collects what would be loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "path", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens and closes at once."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_sheet_is_one_well_formed_file_that_loads_nothing() -> None:
    cards = [BlankCard(make_number(0, number), make_token(number.to_bytes(17, "big"))) for number in range(21)]
    html = draw_sheet(Sheet("Roast & <b>Co</b>", '"Coffee" card', "A <cake>", 10), cards)
    parser = WellFormed()
    parser.feed(html)
    assert parser.open == []
    assert parser.loaded == []
    assert "url(" not in html
    assert parser.text.count("Roast & <b>Co</b>") == 22
    assert "10 stamps: A <cake>" in parser.text
    assert html.count('<section class="page">') == 3


@pytest.mark.parametrize(("target", "circles"), [(1, 1), (12, 12), (13, 0), (100, 0)])
def test_stamps_are_drawn_where_they_fit(target: int, circles: int) -> None:
    card = BlankCard(CardNumber("000000000018"), make_token(bytes(17)))
    html = draw_sheet(Sheet("Roast", "Card", "Cake", target), [card])
    assert html.count('r="4"') == circles


def test_taken_numbers_are_drawn_again(engine: Engine, tmp_path: Path) -> None:
    shop = HonestShop(engine, ManualClock())
    taken, twice, free, last = (make_number(0, number) for number in range(4))

    def sheet(count: int, *drawn: CardNumber) -> tuple[CardNumber, ...]:
        draw = iter(drawn).__next__
        file = tmp_path / "cards.html"
        return print_cards(
            engine,
            merchant_id=shop.merchant_id,
            store_id=shop.gare,
            count=count,
            file=file,
            clock=shop.clock,
            draw=draw,
        ).numbers

    assert sheet(1, taken) == (taken,)
    assert sheet(3, taken, twice, twice, taken, free, last) == (twice, free, last)
    assert len(cards_of(engine)) == 4


@pytest.mark.parametrize("count", [0, -1, CARDS_MAX + 1])
def test_count_has_bounds(engine: Engine, tmp_path: Path, count: int) -> None:
    shop = HonestShop(engine, ManualClock())
    with pytest.raises(NotPossible, match="1 to 1000 cards"):
        print_cards(
            engine,
            merchant_id=shop.merchant_id,
            store_id=shop.gare,
            count=count,
            file=tmp_path / "a.html",
            clock=shop.clock,
        )


def test_sheet_that_cannot_be_written_makes_no_cards(engine: Engine, tmp_path: Path) -> None:
    shop = HonestShop(engine, ManualClock())
    places = (tmp_path, tmp_path / "nowhere" / "cards.html", Path("/proc/cards.html"), tmp_path / ("x" * 300))
    for file in places:
        with pytest.raises(FileTrouble, match="cannot be written"):
            print_cards(engine, merchant_id=shop.merchant_id, store_id=shop.gare, count=1, file=file, clock=shop.clock)
    assert cards_of(engine) == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_sheet_takes_no_devices_place(engine: Engine, tmp_path: Path) -> None:
    shop, pipe = HonestShop(engine, ManualClock()), tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileTrouble, match="cannot be written"):
        print_cards(engine, merchant_id=shop.merchant_id, store_id=shop.gare, count=1, file=pipe, clock=shop.clock)
    assert pipe.is_fifo()


def test_cards_that_cannot_be_kept_leave_no_sheet(engine: Engine, tmp_path: Path) -> None:
    shop = HonestShop(engine, ManualClock())
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE cards ADD CONSTRAINT no_more CHECK (false)"))
    file = tmp_path / "cards.html"
    with pytest.raises(IntegrityError, match="no_more"):
        print_cards(engine, merchant_id=shop.merchant_id, store_id=shop.gare, count=1, file=file, clock=shop.clock)
    assert list(tmp_path.iterdir()) == []
