"""Draws a sheet of blank cards: one HTML file with everything in it, ten cards of bank card size on each A4 page.

HTML, because every computer can print it without another program: open it in a browser and print at 100 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import segno

from common.card_code import CardNumber, CardToken, format_number

CARDS_ON_A_PAGE: Final = 10
_STAMPS_DRAWN_MAX: Final = 12

# ISO/IEC 7810 ID-1 is 85.60 × 53.98 mm. Two columns of five leave 19.4 and 13.5 mm of an A4 page around them, where
# the cut marks are.
_STYLE: Final = """
@page { size: A4 portrait; margin: 0 }
* { box-sizing: border-box; margin: 0 }
html { -webkit-print-color-adjust: exact; print-color-adjust: exact }
body { font-family: Inter, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1f2430; background: #e9eaee }
.page { position: relative; width: 210mm; height: 297mm; background: #fff; margin: 8mm auto; break-after: page }
.cards { position: absolute; left: 19.4mm; top: 13.5mm; width: 171.2mm; display: grid;
         grid-template-columns: 85.6mm 85.6mm; grid-auto-rows: 54mm }
.card { position: relative; padding: 6mm 6mm 5mm; overflow: hidden; display: flex; flex-direction: column }
.card::before { content: ""; position: absolute; inset: 0 auto 0 0; width: 2.2mm; background: #7a4b2a }
.merchant { font-size: 13pt; font-weight: 700; line-height: 1.15; max-width: 44mm; overflow-wrap: anywhere;
            max-height: 2.3em; overflow: hidden }
.program { font-size: 8pt; color: #646b7a; margin-top: .8mm; max-width: 44mm; max-height: 2.4em; overflow: hidden }
.reward { font-size: 8pt; margin-top: auto; max-width: 44mm; max-height: 2.4em; overflow: hidden }
.stamps { display: block; height: 3.6mm; margin-top: 1.4mm }
.number { font-size: 11pt; font-weight: 600; letter-spacing: .04em; margin-top: 2.4mm;
          font-variant-numeric: tabular-nums }
.qr { position: absolute; right: 5mm; top: 50%; width: 27mm; height: 27mm; transform: translateY(-50%) }
.marks { position: absolute; inset: 0; width: 210mm; height: 297mm }
@media print { body { background: none } .page { margin: 0 } .page:last-child { break-after: auto } }
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every card of a sheet says."""

    merchant: str
    program: str
    reward: str
    stamps_target: int


@dataclass(frozen=True, slots=True)
class BlankCard:
    """One card: its number to read, and the token that its QR code holds."""

    number: CardNumber
    token: CardToken


def draw_sheet(sheet: Sheet, cards: Sequence[BlankCard]) -> str:
    """The whole HTML document."""
    pages = "\n".join(_page(sheet, page) for page in _pages(cards))
    title = escape(f"{sheet.merchant}: {len(cards)} blank cards")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{pages}\n</body>\n</html>\n"
    )


def _page(sheet: Sheet, cards: Sequence[BlankCard]) -> str:
    drawn = "\n".join(_card(sheet, card) for card in cards)
    return f'<section class="page">\n{_cut_marks()}\n<div class="cards">\n{drawn}\n</div>\n</section>'


def _card(sheet: Sheet, card: BlankCard) -> str:
    # Capitals and digits alone make the alphanumeric mode, and so the coarsest and most readable code.
    code = segno.make_qr(card.token, error="m").svg_inline(border=0, omitsize=True, dark="#000")
    return (
        f'<article class="card"><p class="merchant">{escape(sheet.merchant)}</p>'
        f'<p class="program">{escape(sheet.program)}</p>'
        f'<p class="reward">{sheet.stamps_target} stamps: {escape(sheet.reward)}</p>'
        f'{_stamps(sheet.stamps_target)}<p class="number">{format_number(card.number)}</p>'
        f'<div class="qr">{code}</div></article>'
    )


def _stamps(target: int) -> str:
    """A circle for each stamp, as an ornament; of a large target none, they would be dust."""
    if target > _STAMPS_DRAWN_MAX:
        return ""
    circles = "".join(f'<circle cx="{place * 10 + 5}" cy="5" r="4"/>' for place in range(target))
    return (
        f'<svg class="stamps" viewBox="0 0 {target * 10} 10" fill="none" stroke="#7a4b2a" stroke-width="1">'
        f"{circles}</svg>"
    )


def _cut_marks() -> str:
    """Short lines in the margins, in line with the edges of the cards."""
    edges_x, edges_y = (19.4, 105.0, 190.6), tuple(13.5 + 54 * row for row in range(6))
    lines = [f"M{x:g} {y:g}v6" for x in edges_x for y in (5, 286)]
    lines += [f"M{x:g} {y:g}h8" for y in edges_y for x in (8, 194)]
    return (
        '<svg class="marks" viewBox="0 0 210 297" fill="none" stroke="#9aa0ad" stroke-width=".2">'
        f'<path d="{"".join(lines)}"/></svg>'
    )


def _pages(cards: Sequence[BlankCard]) -> list[Sequence[BlankCard]]:
    return [cards[first : first + CARDS_ON_A_PAGE] for first in range(0, len(cards), CARDS_ON_A_PAGE)]
