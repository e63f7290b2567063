"""What Hypothesis draws: moments, zones with odd days, terms, standings and asks of every kind."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from hypothesis import strategies as st

from common.card_code import make_number, make_token
from common.ids import CardId, OperationKey, StaffId, StoreId, TillId
from common.ledger import TransactionKind
from common.rules.asks import Ask, Block, CarryOver, Enrol, Lockout, Redeem, Replace, Stamp, Unblock, Void
from common.rules.standing import (
    CardStanding,
    CodeHolder,
    LiveStamp,
    OriginalStanding,
    Role,
    StaffStanding,
    Standing,
    TillStanding,
)
from common.terms import BOUNDS, OfflineRedemption, PinPolicy, Terms


@dataclass(frozen=True, slots=True)
class OddDay:
    """A date on which a zone moved its clocks, and how long it is from midnight to midnight."""

    zone: str
    day: date
    length: timedelta

    def __str__(self) -> str:
        return f"{self.zone} {self.day}"


def _hours(hours: float) -> timedelta:
    return timedelta(hours=hours)


ODD_DAYS: Final = [
    OddDay("UTC", date(2026, 3, 29), _hours(24)),
    OddDay("Europe/Luxembourg", date(2026, 3, 29), _hours(23)),
    OddDay("Europe/Luxembourg", date(2026, 10, 25), _hours(25)),
    OddDay("America/New_York", date(2026, 3, 8), _hours(23)),
    OddDay("America/New_York", date(2026, 11, 1), _hours(25)),
    # Half an hour only.
    OddDay("Australia/Lord_Howe", date(2026, 10, 4), _hours(23.5)),
    OddDay("Australia/Lord_Howe", date(2026, 4, 5), _hours(24.5)),
    # At midnight: the day has no 00:00, or the hour before it comes twice.
    OddDay("Asia/Beirut", date(2024, 3, 31), _hours(23)),
    OddDay("Asia/Beirut", date(2024, 10, 26), _hours(25)),
    OddDay("Africa/Cairo", date(2024, 4, 26), _hours(23)),
    OddDay("Africa/Cairo", date(2024, 10, 31), _hours(25)),
    # From 01:00 back to 00:00: midnight comes twice.
    OddDay("America/Havana", date(2024, 3, 10), _hours(23)),
    OddDay("America/Havana", date(2024, 11, 3), _hours(25)),
    # A minute past midnight back into yesterday: the new day had already begun, and is the long one.
    OddDay("America/St_Johns", date(2010, 11, 7), _hours(25)),
    OddDay("America/St_Johns", date(2010, 3, 14), _hours(23)),
    # A date that never was.
    OddDay("Pacific/Apia", date(2011, 12, 30), _hours(0)),
    OddDay("Pacific/Apia", date(2011, 12, 31), _hours(24)),
    OddDay("Pacific/Kwajalein", date(1993, 8, 21), _hours(0)),
]

zones: Final = st.sampled_from(sorted({odd.zone for odd in ODD_DAYS}))
starts_of_day: Final = st.one_of(
    st.sampled_from([time(0), time(0, 1), time(2, 30), time(4), time(23, 59)]),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)

EARLIEST: Final = datetime(1970, 1, 3)  # noqa: DTZ001 - Hypothesis draws between naive moments and adds the zone
LATEST: Final = datetime(9998, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001 - as above
moments: Final = st.one_of(
    st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)),
    # Around the days on which something odd happens.
    st.builds(
        lambda odd, minutes: (
            datetime.combine(odd.day, time(0), UTC) + timedelta(minutes=minutes, microseconds=-1 * (minutes % 3))
        ),
        st.sampled_from(ODD_DAYS),
        st.integers(-2 * 24 * 60, 3 * 24 * 60),
    ),
)

# Few ids, so that the drawn people, stores and cards meet each other.
_ids = st.integers(1, 3).map(lambda number: uuid.UUID(int=number))
stores: Final = _ids.map(StoreId)
tills: Final = _ids.map(TillId)
people: Final = _ids.map(StaffId)
cards: Final = _ids.map(CardId)
keys: Final = _ids.map(OperationKey)
numbers: Final = st.builds(make_number, st.integers(0, 9_999), st.integers(0, 9_999_999))
tokens: Final = st.binary(min_size=17, max_size=17).map(make_token)


def _within(name: str) -> st.SearchStrategy[int]:
    bound = BOUNDS[name]
    return st.one_of(
        st.sampled_from([bound.least, bound.greatest]),
        st.integers(bound.least, min(bound.greatest, bound.least + 12)),
        st.integers(bound.least, bound.greatest),
    )


terms: Final = st.builds(
    Terms,
    version=st.integers(1, 9),
    stamps_target=_within("stamps_target"),
    reward=st.text(min_size=1, max_size=120),
    cooldown_minutes=_within("cooldown_minutes"),
    daily_limit=_within("daily_limit"),
    visit_limit=_within("visit_limit"),
    stamps_enabled=st.sampled_from([True, True, True, False]),
    timezone=zones,
    day_starts_at=starts_of_day,
    pin_policy=st.sampled_from(PinPolicy),
    allow_voids=st.booleans(),
    void_days_max=_within("void_days_max"),
    cross_store_redemption=st.booleans(),
    offline_redemption=st.sampled_from(OfflineRedemption),
)


_offsets: Final = st.one_of(
    st.integers(-40 * 24 * 60, 40 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(-90, 90).map(lambda seconds: timedelta(seconds=seconds)),
)
_optional_offsets: Final = st.one_of(st.none(), _offsets)
_optional_people: Final = st.one_of(st.none(), people)
_stores_of_staff: Final = st.one_of(st.none(), st.frozensets(stores))
_roles: Final = st.sampled_from(Role)
_balances: Final = st.integers(-1, 120)
_holders: Final = st.one_of(st.none(), st.builds(CodeHolder, cards, st.booleans()))
_live_stamps: Final = st.lists(st.tuples(_offsets, stores, st.integers(1, 20)), max_size=8)
_mostly: Final = st.sampled_from([True, True, True, False])


# Drawn by hand and not with st.builds: strategies that are made anew around each moment would take most of the time.
@st.composite
def standings(draw: st.DrawFn, at: datetime) -> Standing:
    """Any well-typed standing, sensible or not, whose moments lie around `at`."""

    def moment(offset: timedelta) -> datetime:
        earliest, latest = EARLIEST.replace(tzinfo=UTC), LATEST.replace(tzinfo=UTC)
        return max(at, earliest - offset) + offset if offset < timedelta(0) else min(at, latest - offset) + offset

    def maybe() -> datetime | None:
        offset = draw(_optional_offsets)
        return None if offset is None else moment(offset)

    def staff() -> StaffStanding | None:
        if not draw(_mostly):
            return None
        return StaffStanding(
            id=draw(people), role=draw(_roles), store_ids=draw(_stores_of_staff), inactive_since=maybe()
        )

    def card() -> CardStanding:
        return CardStanding(
            id=draw(cards),
            number=draw(numbers),
            store_id=draw(stores),
            balance=draw(_balances),
            inactive_since=maybe(),
            carried_over=draw(st.booleans()),
        )

    def original() -> OriginalStanding:
        return OriginalStanding(
            key=draw(keys),
            kind=draw(st.sampled_from(TransactionKind)),
            card_id=draw(cards),
            till_id=draw(tills),
            staff_id=draw(_optional_people),
            at=moment(draw(_offsets)),
            stamps=draw(st.integers(0, 120)),
            rejected=not draw(_mostly),
            voided=not draw(_mostly),
        )

    def till() -> TillStanding:
        return TillStanding(
            server_will_answer=draw(st.booleans()),
            confirmed_balance=draw(_balances),
            oldest_waiting_at=maybe(),
            offline_days_max=draw(st.integers(1, 3_650)),
        )

    return Standing(
        store_id=draw(stores),
        till_id=draw(tills),
        card=card() if draw(_mostly) else None,
        program_inactive_since=None if draw(_mostly) else maybe(),
        staff=staff(),
        approver=staff(),
        live_stamps=tuple(LiveStamp(moment(offset), store, count) for offset, store, count in draw(_live_stamps)),
        original=original() if draw(_mostly) else None,
        number_holder=draw(_holders),
        token_holder=draw(_holders),
        till=till() if draw(st.booleans()) else None,
    )


_counts = st.integers(-1, 25)
asks: Final = st.builds(
    Ask,
    st.one_of(
        st.builds(Stamp, _counts),
        st.just(Redeem()),
        st.builds(Void, st.one_of(st.none(), keys), st.one_of(st.none(), _counts)),
        st.builds(Enrol, cards, numbers, tokens),
        st.builds(Replace, numbers, tokens),
        st.just(Block()),
        st.just(Unblock()),
        st.builds(CarryOver, _counts),
        st.builds(Lockout, _counts),
    ),
    st.one_of(st.none(), people),
    st.one_of(st.none(), people),
)
