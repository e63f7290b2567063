"""The table that people read, and the file that programs read."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.figures import Figure

_HEADINGS = ("what", "beside", "value", "its value", "unit", "ratio", "limit", "holds")
_NUMBERS = range(2, 4)


def as_text(figures: Sequence[Figure]) -> str:
    """The figures in columns, what does not hold marked so that nobody overlooks it."""
    rows = [_HEADINGS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return "\n".join(_line(row, widths) for row in (rows[0], tuple("─" * width for width in widths), *rows[1:]))


def write_json(figures: Sequence[Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(figure) for figure in figures], indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.what,
        figure.beside or "",
        _number(figure.value),
        _number(figure.beside_value),
        figure.unit,
        "" if figure.ratio is None else f"{figure.ratio:.2f} ×",
        figure.limit or "reported",
        "yes" if figure.holds else "NO <<<",
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(width) if column in _NUMBERS else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()
