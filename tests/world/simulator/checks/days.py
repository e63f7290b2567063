"""Business days, by the words: the date in the merchant's zone, the day beginning at `day_starts_at`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def day_of(at: datetime, terms: Mapping[str, Any]) -> date:
    """The business day of a moment: the last that had begun by then."""
    near = at.astimezone(ZoneInfo(terms["timezone"])).date()
    return max(day for day in (near + timedelta(days=off) for off in (-2, -1, 0, 1)) if _begins(day, terms) <= at)


def _begins(day: date, terms: Mapping[str, Any]) -> datetime:
    # The first of two, where the clocks are put back; where they are put forward, as if they had not been yet.
    local = datetime.combine(day, terms["day_starts_at"], tzinfo=ZoneInfo(terms["timezone"]))
    return local.replace(fold=0).astimezone(UTC)
