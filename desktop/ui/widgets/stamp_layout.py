"""Where the circles of a stamp card go. Pure arithmetic, so that every target from 1 to 100 can be checked."""

from dataclasses import dataclass

DIAMETER_MAX = 104.0  # px; larger ones look like buttons
DIAMETER_MIN = 28.0  # px; below it neither tick nor number can be read, and a bar says more
_GAP_SHARE = 0.22  # of the diameter, between two circles
_EVEN_BONUS = 1.3  # equal rows may cost this much of the size


@dataclass(frozen=True, slots=True)
class Circle:
    """One circle: its centre, in px from the top left corner of the box."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Circles:
    """All circles, in reading order, and their common diameter in px."""

    diameter: float
    places: tuple[Circle, ...]


def rows_of(count: int, row_count: int) -> tuple[int, ...]:
    """`count` circles in `row_count` rows that differ by one at most, the longer ones first: 7 in 2 is (4, 3)."""
    shorter, longer = divmod(count, row_count)
    return tuple(shorter + (1 if row < longer else 0) for row in range(row_count))


def lay_out(count: int, width: float, height: float) -> Circles | None:
    """`count` circles as large as the box allows, in even rows, each row centred. None when they would be too small.

    Equal rows win over somewhat larger circles: 20 are 10 + 10, not 7 + 7 + 6.
    """
    best: tuple[float, int] | None = None
    best_score = 0.0
    for row_count in range(1, count + 1):
        columns = -(-count // row_count)
        diameter = min(_fitting(width, columns), _fitting(height, row_count), DIAMETER_MAX)
        score = diameter * (_EVEN_BONUS if count % row_count == 0 else 1.0)
        if diameter >= DIAMETER_MIN and score > best_score:
            best, best_score = (diameter, row_count), score
    if best is None:
        return None
    diameter, row_count = best
    return Circles(diameter, _places(rows_of(count, row_count), diameter, width, height))


def _fitting(length: float, count: int) -> float:
    return length / (count + (count - 1) * _GAP_SHARE)


def _places(rows: tuple[int, ...], diameter: float, width: float, height: float) -> tuple[Circle, ...]:
    step = diameter * (1 + _GAP_SHARE)
    top = (height - step * (len(rows) - 1)) / 2
    return tuple(
        Circle(x=(width - step * (columns - 1)) / 2 + step * column, y=top + step * row)
        for row, columns in enumerate(rows)
        for column in range(columns)
    )
