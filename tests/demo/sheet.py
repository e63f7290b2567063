"""The sheet of the demo's own cards: what a scanner or a phone is held against."""

from pathlib import Path

from common.card_code import CardNumber, CardToken
from desktop.store.cards import CardView
from server.operate.card_sheet import BlankCard, Sheet, draw_sheet
from tests.demo.shop import TARGET


def write_sheet(file: Path, cards: list[CardView]) -> None:
    """An HTML file with every card, as `tillstamp-server cards print` draws them."""
    sheet = Sheet(merchant="Roast & Co", program="Coffee card", reward="Free coffee", stamps_target=TARGET)
    drawn = [BlankCard(CardNumber(card.number), CardToken(card.token)) for card in cards]
    file.write_text(draw_sheet(sheet, drawn), encoding="utf-8")
