"""What four weeks in two coffee shops are like: a plan, made by seeded chance alone, which nobody has judged yet.

A plan says who comes when, and to which store. What comes of it (a stamp, a refusal, a reward) is for the tills and
the server to say, when the plan is lived through.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from typing import Final
from zoneinfo import ZoneInfo

from tests.demo.shop import GARE, KIRCHBERG, STORES, TIMEZONE

WEEKS: Final = 4
_ZONE: Final = ZoneInfo(TIMEZONE)
_OPENS: Final = time(7, 0)
_CLOSES: Final = time(18, 30)
_WEDNESDAY: Final = 2
_THURSDAY: Final = 3
_SUNDAY: Final = 6
_SYNC_HOUR: Final = 18.9
_OPEN_DAYS_A_WEEK: Final = 6

# Half of all coffee is sold on the way to work.
_PEAKS: Final = ((0.55, 8.2, 0.6), (0.25, 12.7, 0.5), (0.20, 15.5, 1.2))
"""Share of the visits, hour of the day, spread in hours."""

_AWAY: Final = 0.08
"""How often somebody is in the other store than usual."""
_LOST_A_WEEK: Final = 0.4

NAMES: Final = (
    *("Aline", "Bruno", "Carla", "Dany", "Elisa", "Fränk", "Georges", "Hanna", "Igor", "Julie"),
    *("Kim", "Léa", "Marc", "Nora", "Oscar", "Paula", "Quentin", "Rita", "Sven", "Tessy"),
    *("Ugo", "Viviane", "Willy", "Xenia", "Yves", "Zoé", "Anouk", "Basile", "Conny", "Dirk"),
    *("Esther", "Filipe", "Gilles", "Heidi", "Ivo", "Jana", "Kevin", "Lynn", "Mia", "Noé"),
)
"""One for each of the forty cards."""


class Habit(Enum):
    """What kind of customer somebody is."""

    DAILY = auto()
    REGULAR = auto()
    SELDOM = auto()
    SAVER = auto()
    """Comes daily and keeps the stamps for later."""
    NEARLY = auto()
    """Came daily, and has stayed away since one stamp was missing."""


_VISITS_A_WEEK: Final = {Habit.DAILY: 5.0, Habit.REGULAR: 3.0, Habit.SELDOM: 1.5, Habit.SAVER: 4.0, Habit.NEARLY: 4.5}
_HABITS: Final = (
    *(Habit.SAVER,) * 4,
    *(Habit.NEARLY,) * 4,
    *(Habit.DAILY,) * 7,
    *(Habit.REGULAR,) * 13,
    *(Habit.SELDOM,) * 12,
)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody with a card. `begins` is the day on which they get it."""

    name: str
    habit: Habit
    store: str
    begins: date


class Moment(Enum):
    """What happens at a moment of the plan."""

    NEW_CARD = auto()
    VISIT = auto()
    SECOND_CUP = auto()
    """Asks for another stamp a few minutes after the first: the cooldown's business."""
    SLIP = auto()
    """The cashier stamped the wrong card, and takes that back at once."""
    RETURN = auto()
    """Brings the coffee back; the manager is called."""
    LOST = auto()
    """Has lost the card, and gets another for the same stamps from the manager."""
    SYNC = auto()
    """The till of a store exchanges with the server."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the plan. `customer` is None for a sync."""

    at: datetime
    what: Moment
    store: str
    customer: Customer | None = None


def plan_weeks(chance: random.Random, ends: datetime) -> list[Event]:
    """Four weeks of two stores up to `ends`, in the order of time."""
    last = ends.astimezone(_ZONE).date()
    first = last - timedelta(weeks=WEEKS)
    customers = tuple(_customers(chance, first))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    events = [event for day in days if day.weekday() != _SUNDAY for event in _day(chance, customers, day)]
    return sorted((event for event in events if event.at < ends), key=lambda event: event.at)


def opening_day(ends: datetime) -> datetime:
    """The morning on which the plan begins, before anybody comes."""
    return _at(ends.astimezone(_ZONE).date() - timedelta(weeks=WEEKS), 5.0)


def _customers(chance: random.Random, first: date) -> Iterator[Customer]:
    for number, (name, habit) in enumerate(zip(NAMES, _HABITS, strict=True)):
        # The daily ones are there from the beginning, the others hear of the cards bit by bit.
        joins = number // 6 if habit in (Habit.SAVER, Habit.NEARLY) else chance.randrange(0, 14)
        begins = first + timedelta(days=joins)
        if begins.weekday() == _SUNDAY:
            begins += timedelta(days=1)
        yield Customer(name, habit, GARE if number % 5 < 3 else KIRCHBERG, begins)


def _day(chance: random.Random, customers: tuple[Customer, ...], day: date) -> Iterator[Event]:
    # Once a day is little for a till with a network, and enough for one without: nobody at the counter notices.
    yield from (Event(_at(day, _SYNC_HOUR), Moment.SYNC, store) for store in STORES)
    here = [customer for customer in customers if customer.begins <= day]
    for customer in here:
        yield from _visit(chance, customer, day)
    if day.weekday() == _WEDNESDAY and chance.random() < _LOST_A_WEEK:
        loser = chance.choice([customer for customer in here if customer.habit is Habit.REGULAR] or here)
        yield Event(_at(day, 10.5), Moment.LOST, loser.store, loser)
    if day.weekday() == _THURSDAY and chance.random() < 0.6:
        yield from _both_stores(chance, [customer for customer in here if customer.habit is Habit.DAILY], day)


def _both_stores(chance: random.Random, dailies: list[Customer], day: date) -> Iterator[Event]:
    """A coffee in each store within minutes, while neither till has heard of the other's."""
    if dailies:
        customer, at = chance.choice(dailies), _at(day, 16 + chance.random())
        for place, store in enumerate(STORES):
            yield Event(at + timedelta(minutes=9 * place), Moment.VISIT, store, customer)


def _visit(chance: random.Random, customer: Customer, day: date) -> Iterator[Event]:
    begins = customer.begins == day
    if not begins and chance.random() > _VISITS_A_WEEK[customer.habit] / _OPEN_DAYS_A_WEEK:
        return
    at = _at(day, _hour(chance))
    store = customer.store
    if begins:
        yield Event(at - timedelta(minutes=1), Moment.NEW_CARD, store, customer)
    elif chance.random() < _AWAY:
        store = next(slug for slug in STORES if slug != store)
    yield Event(at, Moment.VISIT, store, customer)
    # The four that are to be one stamp short are left alone by what takes stamps back.
    mishap = 1.0 if customer.habit is Habit.NEARLY else chance.random()
    if mishap < 0.05:
        yield Event(at + timedelta(minutes=chance.randrange(2, 9)), Moment.SECOND_CUP, store, customer)
    elif mishap < 0.07:
        yield Event(at + timedelta(seconds=chance.randrange(8, 40)), Moment.SLIP, store, customer)
    elif mishap < 0.08:
        yield Event(at + timedelta(minutes=chance.randrange(20, 90)), Moment.RETURN, store, customer)


def _hour(chance: random.Random) -> float:
    _, hour, spread = chance.choices(_PEAKS, [share for share, _, _ in _PEAKS])[0]
    opens, closes = (moment.hour + moment.minute / 60 for moment in (_OPENS, _CLOSES))
    return min(max(chance.gauss(hour, spread), opens), closes)


def _at(day: date, hour: float) -> datetime:
    midnight = datetime.combine(day, time(0), _ZONE)
    return (midnight + timedelta(hours=hour)).astimezone(UTC)
