"""The setting of a run: where the shop is, its terms, how many tills it has. Decided by the seed alone."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

# Around the days on which these zones move their clocks, so that a run of some days goes through one.
_BEGINNINGS: Final = (
    ("Europe/Luxembourg", "2026-03-28T15:00"),
    ("Europe/Luxembourg", "2026-10-24T20:00"),
    ("America/New_York", "2026-10-31T18:00"),
    ("Australia/Lord_Howe", "2026-04-04T20:00"),
    ("Asia/Kolkata", "2026-06-10T09:00"),
    ("UTC", "2026-12-31T20:00"),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a run begins with.

    Attributes:
        cards: how many blank cards there are to begin with; few, so that tills meet on them.
        offline_days_max: of the merchant.
    """

    seed: int
    tills: int = 3
    cards: int = 4
    begins: datetime = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    offline_days_max: int = 14
    terms: dict[str, Any] = field(default_factory=dict)


def setting_of(seed: int) -> Setting:
    rng = random.Random(f"setting {seed}")
    zone, begins = rng.choice(_BEGINNINGS)
    return Setting(
        seed,
        tills=rng.choice((2, 3, 3, 4)),
        cards=rng.choice((2, 3, 4, 6)),
        begins=datetime.fromisoformat(begins).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        offline_days_max=rng.choice((3, 14, 14)),
        terms={"timezone": zone} | changed_terms(rng),
    )


def changed_terms(rng: random.Random) -> dict[str, Any]:
    """Terms as a merchant may choose them; mostly those under which much happens."""
    return {
        "stamps_target": rng.choice((2, 3, 4, 5)),
        "cooldown_minutes": rng.choice((0, 1, 15, 15, 60)),
        "daily_limit": rng.choice((2, 3, 5, 20)),
        "visit_limit": rng.choice((1, 2, 3)),
        "stamps_enabled": rng.random() > 0.04,
        "day_starts_at": rng.choice(("00:00", "00:00", "04:30")),
        "pin_policy": rng.choice(("required", "required", "optional", "off")),
        "allow_voids": rng.random() > 0.1,
        "void_days_max": rng.choice((0, 1, 30)),
        "cross_store_redemption": rng.random() > 0.25,
        "offline_redemption": rng.choice(("never", "confirmed", "provisional", "provisional")),
    }
