"""What must come of a log, worked out a second time: plain lists and loops, and nothing of the product.

By the rules as they are written (DOMAIN): a cup is a stamp; the cooldown counts on both sides, the daily limit by the
shop's date; a full card is redeemed before the next cup. A till judges with what it sold itself. The server judges
what the tills send, one till after the other, with what it accepted so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.world.sales.coffee_log import Sale


@dataclass(frozen=True, slots=True)
class Numbers:
    """The terms that matter here."""

    target: int
    cooldown_minutes: int
    daily_limit: int


@dataclass(slots=True)
class Card:
    """A card as one side knows it."""

    stamps: list[tuple[datetime, date]] = field(default_factory=list)
    given: int = 0
    redemptions: int = 0

    def balance(self, target: int) -> int:
        return self.given - self.redemptions * target

    def refusal(self, sale: Sale, numbers: Numbers, leeway: timedelta) -> str | None:
        nearest = timedelta(minutes=numbers.cooldown_minutes) - leeway
        if any(abs(sale.at - at) < nearest for at, _ in self.stamps):
            return "cooldown"
        if sum(day == sale.day for _, day in self.stamps) >= numbers.daily_limit:
            return "daily_limit"
        return None

    def give(self, sale: Sale) -> None:
        self.stamps.append((sale.at, sale.day))
        self.given += 1


@dataclass(frozen=True, slots=True)
class Said:
    """One operation of a till: what it was, the sale it belongs to, and what the server said of it."""

    kind: str
    sale: Sale
    code: str | None = None


@dataclass(slots=True)
class Expected:
    """What must come of it.

    Attributes:
        cards: as the server has them in the end.
        said: of each till its operations, in order.
        refused: of each till how many cups it refused a stamp itself.
        merged: how many cards were begun at a second till.
    """

    cards: dict[str, Card] = field(default_factory=dict)
    said: list[list[Said]] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    merged: int = 0


def fold(tills: Sequence[Sequence[Sale]], numbers: Numbers) -> Expected:
    """What must come of what each till sold, when they send it in this order."""
    expected = Expected()
    for sales in tills:
        operations, refused = _sell(sales, numbers)
        expected.refused.append(refused)
        expected.said.append([_arrive(expected, one, numbers) for one in operations])
    return expected


def _sell(sales: Sequence[Sale], numbers: Numbers) -> tuple[list[Said], int]:
    """A till that hears of nobody."""
    cards: dict[str, Card] = {}
    operations, refused = [], 0
    for sale in sales:
        if sale.card not in cards:
            cards[sale.card] = Card()
            operations.append(Said("enrol", sale))
        card = cards[sale.card]
        if card.balance(numbers.target) >= numbers.target:
            card.redemptions += 1
            operations.append(Said("redeem", sale))
        if card.refusal(sale, numbers, timedelta(0)):
            refused += 1
        else:
            card.give(sale)
            operations.append(Said("stamp", sale))
    return operations, refused


def _arrive(expected: Expected, operation: Said, numbers: Numbers) -> Said:
    """The server: two seconds of leeway, which minutes never meet."""
    sale = operation.sale
    code = None
    if operation.kind == "enrol":
        expected.merged += sale.card in expected.cards
        expected.cards.setdefault(sale.card, Card())
        return operation
    card = expected.cards[sale.card]
    if operation.kind == "redeem":
        if card.balance(numbers.target) < numbers.target:
            code = "insufficient_stamps"
        else:
            card.redemptions += 1
    else:
        code = card.refusal(sale, numbers, timedelta(seconds=2))
        if code is None:
            card.give(sale)
    return Said(operation.kind, sale, code)
