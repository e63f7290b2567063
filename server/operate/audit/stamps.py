"""Checks of a card's history: its stamps kept their distance and their day's limit, and their answers were right."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from common.ledger import TransactionKind, rewards_available
from common.rules.judge import SERVER_TOLERANCE
from common.rules.standing import history_window
from common.terms import Terms, business_day
from common.times import to_wire
from server.operate.audit.card_history import CardHistory, Line

Problem = tuple[Line, str]

_COUNT: Final = 1


class LiveStamps:
    """The stamps of a card that counted at some point of its history, in order of event time."""

    def __init__(self) -> None:
        self._stamps: list[tuple[datetime, int, Line]] = []

    def add(self, line: Line) -> None:
        insort(self._stamps, (line.event_time, line.delta, line), key=lambda stamp: stamp[0])

    def remove(self, line: Line) -> None:
        self._stamps = [stamp for stamp in self._stamps if stamp[2] is not line]

    def nearest(self, at: datetime) -> list[datetime]:
        """The event times next to `at`, on either side."""
        place = bisect_left(self._stamps, at, key=lambda stamp: stamp[0])
        return [stamp[0] for stamp in self._stamps[max(0, place - 1) : place + 1]]

    def between(self, begins: datetime, ends: datetime) -> list[datetime]:
        """The event times from `begins` to before `ends`, in order."""
        first = bisect_left(self._stamps, begins, key=lambda stamp: stamp[0])
        last = bisect_left(self._stamps, ends, key=lambda stamp: stamp[0])
        return [stamp[0] for stamp in self._stamps[first:last]]

    def count_on_day(self, terms: Terms, at: datetime) -> int:
        """How many stamps the business day of `at` has."""
        day = business_day(terms, at)
        first = bisect_left(self._stamps, day.begins, key=lambda stamp: stamp[0])
        last = bisect_left(self._stamps, day.ends, key=lambda stamp: stamp[0])
        return sum(stamp[_COUNT] for stamp in self._stamps[first:last])


def _stamps_with_terms(history: CardHistory) -> Iterator[tuple[Line, Terms, LiveStamps]]:
    """Each stamp with the live stamps accepted before it. A void that took all back ends its stamp from then on."""
    live, by_key = LiveStamps(), {line.key: line for line in history.lines}
    for line in history.lines:
        if line.kind is TransactionKind.STAMP:
            if line.terms is not None and not line.replayed:
                yield line, line.terms, live
            live.add(line)
        elif line.kind is TransactionKind.VOID and line.original in by_key and line.shortfall == 0:
            live.remove(by_key[line.original])


def stamps_keep_their_distance(history: CardHistory) -> Iterator[Problem]:
    for line, terms, live in _stamps_with_terms(history):
        for other in live.nearest(line.event_time):
            if abs(line.event_time - other) < terms.cooldown - SERVER_TOLERANCE:
                yield (
                    line,
                    (
                        f"a stamp at {to_wire(line.event_time)} is nearer than {terms.cooldown_minutes} minutes "
                        f"to the one at {to_wire(other)}"
                    ),
                )


def days_keep_their_limit(history: CardHistory) -> Iterator[Problem]:
    for line, terms, live in _stamps_with_terms(history):
        today = live.count_on_day(terms, line.event_time) + line.delta
        if today > terms.daily_limit:
            yield line, f"it is stamp {today} of {line.business_date}, and the limit is {terms.daily_limit}"


def _next_stamp_at(terms: Terms, live: LiveStamps, line: Line, today: int) -> datetime:
    """A cooldown after the latest stamp of its neighbourhood; once the day is full, not before the next one begins."""
    begins, ends = history_window(terms, line.event_time)
    cooled = max([line.event_time, *live.between(begins, ends)[-1:]]) + terms.cooldown
    return cooled if today < terms.daily_limit else max(cooled, business_day(terms, line.event_time).ends)


def answers_were_right(history: CardHistory) -> Iterator[Problem]:
    """What the cashier was told after a stamp, but the card's number: it may have been replaced since."""
    for line, terms, live in _stamps_with_terms(history):
        today = live.count_on_day(terms, line.event_time) + line.delta
        expected = {
            "key": str(line.key),
            "stamp_count": line.balance_after,
            "stamps_target": terms.stamps_target,
            "stamps_until_reward": max(0, terms.stamps_target - line.balance_after),
            "reward_earned": rewards_available(line.balance_after, terms.stamps_target)
            > rewards_available(line.balance_before, terms.stamps_target),
            "reward": terms.reward,
            "next_stamp_at": to_wire(_next_stamp_at(terms, live, line, today)),
            "stamps_today": today,
            "stamps_left_today": terms.daily_limit - today,
        }
        for name, value in expected.items():
            if line.answer.get(name) != value:
                yield line, f"its verdict says {name} {line.answer.get(name)}, and it was {value}"
