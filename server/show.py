"""How commands show things: plain aligned tables for people, one JSON object for programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any, Final

from common.card_code import CardNumber, format_number
from common.times import to_wire

_GAP: Final = "  "


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under their headings, columns aligned, the last one as long as it is."""
    lines = [list(headings), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def pairs(rows: Mapping[str, object]) -> str:
    """One thing, a line for each of its properties."""
    width = max(map(len, rows))
    return "\n".join(f"{name.ljust(width)}{_GAP}{_cell(value)}" for name, value in rows.items())


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 card`, `1,204 cards`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def number_on_card(number: str | None) -> str:
    """A card's number as its holder reads it."""
    return "" if number is None else format_number(CardNumber(number))


def local_time(moment: datetime | None) -> str:
    """A moment on the clock of whoever reads it, to the minute."""
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M")


def time_and_zone(moment: datetime) -> str:
    """The same, saying which clock that is: for what is read elsewhere, beside another one."""
    local = moment.astimezone()
    return f"{local:%Y-%m-%d %H:%M} (UTC{local.isoformat(timespec='minutes')[-6:]})"


def to_json(value: Mapping[str, Any]) -> str:
    """One JSON object; moments as on the wire."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return local_time(value)
    return "" if value is None else str(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return to_wire(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
