"""A log of a coffee machine's card sales: reading one, and making one of the same shape.

    sold_at,card,item
    2024-03-01T10:15,0000-0000-0001,Latte

Times are the shop's own, to the minute, without a zone; a row is one cup.
"""

import csv
import io
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = "Europe/Kyiv"

_OPENS_AT: Final = 5 * 60
_CLOSES_AT: Final = 25 * 60
"""Minutes of a day: from after the hour that some days have twice or not at all, into the next day."""

_AGAIN_WITHIN: Final = 40
"""Minutes. The cooldown of the tests lies inside, so that some of those who come again come too early."""


@dataclass(frozen=True, slots=True)
class Sale:
    """One cup. `day` is the date that the log says, in the shop's own time."""

    at: datetime
    day: date
    card: str


def read_log(text: str) -> list[Sale]:
    """The sales of a log, in its order."""
    zone = ZoneInfo(ZONE)
    sales = []
    for row in csv.DictReader(io.StringIO(text)):
        local = datetime.fromisoformat(row["sold_at"]).replace(tzinfo=zone)
        sales.append(Sale(local.astimezone(UTC), local.date(), row["card"]))
    return sales


def make_log(seed: int, *, first_day: date, days: int, cards: int, visits: int) -> str:
    """A log: a few customers come daily, most once; many of a day's visits are followed by another cup."""
    chance = random.Random(seed)
    weights = [1 / place for place in range(1, cards + 1)]
    rows: list[tuple[datetime, int]] = []
    for card in chance.choices(range(cards), weights, k=visits):
        midnight = datetime.combine(first_day + timedelta(days=chance.randrange(days)), time(0))
        at = midnight + timedelta(minutes=chance.randint(_OPENS_AT, _CLOSES_AT))
        rows.append((at, card))
        while chance.random() < 0.4:
            at += timedelta(minutes=chance.randint(0, _AGAIN_WITHIN))
            rows.append((at, card))
    lines = ["sold_at,card,item"]
    for at, card in sorted(rows):
        lines.append(f"{at:%Y-%m-%dT%H:%M},0000-0000-{card + 1:04d},Latte")
    return "\n".join(lines) + "\n"
