"""Figures: what was measured, beside what, and whether the limit between the two holds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """A limit that the ratio must reach."""

    ratio: float

    def holds(self, measured: float) -> bool:
        return measured >= self.ratio

    def __str__(self) -> str:
        return f"≥ {self.ratio:g} ×"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost:
    """A limit that the ratio must not pass."""

    ratio: float

    def holds(self, measured: float) -> bool:
        return measured <= self.ratio

    def __str__(self) -> str:
        return f"≤ {self.ratio:g} ×"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of the table.

    Attributes:
        value, beside_value: both in `unit`; the latter None where a figure stands for itself.
        ratio: the median of the rounds' own ratios, which a machine that was busy in one of them harms least.
        limit: in words; None where the figure is only reported, and then it holds.
    """

    what: str
    beside: str | None
    value: float
    beside_value: float | None
    unit: str
    ratio: float | None
    limit: str | None
    holds: bool


def compare(
    what: str,
    beside: str,
    rounds: Sequence[tuple[float, float]],
    *,
    unit: str,
    limit: AtLeast | AtMost | None = None,
) -> Figure:
    """A figure from rounds of (value, what stands beside it), each pair measured one right after the other."""
    ratio = median(value / other for value, other in rounds)
    return Figure(
        what=what,
        beside=beside,
        value=median(value for value, _ in rounds),
        beside_value=median(other for _, other in rounds),
        unit=unit,
        ratio=ratio,
        limit=None if limit is None else str(limit),
        holds=limit is None or limit.holds(ratio),
    )


def alone(what: str, value: float, unit: str, *, most: float | None = None) -> Figure:
    """A figure that stands for itself, with the most that it may be."""
    return Figure(
        what=what,
        beside=None,
        value=value,
        beside_value=None,
        unit=unit,
        ratio=None,
        limit=None if most is None else f"≤ {most:g} {unit}",
        holds=most is None or value <= most,
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of `values` that at least `percent` of them do not pass (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
