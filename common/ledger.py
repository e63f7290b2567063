"""The ledger: what an accepted operation does to a card, and how a card's figures follow from it.

Every figure of a card is a fold over its transactions. Both sides fold with `apply`: the server once for each
accepted operation, a till over the synced figures and its own open operations.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TransactionKind(StrEnum):
    """The kinds of ledger rows."""

    STAMP = "stamp"
    REDEEM = "redeem"
    VOID = "void"
    CARRY_OVER = "carry_over"
    ADJUST = "adjust"


@dataclass(frozen=True, slots=True)
class Totals:
    """A card's figures at some point of its ledger."""

    stamp_count: int = 0
    lifetime_stamps: int = 0
    redemptions: int = 0
    last_stamp_at: datetime | None = None
    last_redemption_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What one transaction changes.

    Attributes:
        delta: stamps added to the balance; negative where they are taken.
        lifetime_delta: change of the stamps ever given and not taken back.
        redemptions_delta: change of the rewards handed out and not taken back.
        shortfall: stamps that a void should have taken and found already spent.
    """

    kind: TransactionKind
    delta: int
    lifetime_delta: int = 0
    redemptions_delta: int = 0
    shortfall: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """An effect and the event time it happened at."""

    effect: Effect
    at: datetime


def stamp(count: int) -> Effect:
    return Effect(TransactionKind.STAMP, delta=count, lifetime_delta=count)


def redeem(stamps_target: int) -> Effect:
    return Effect(TransactionKind.REDEEM, delta=-stamps_target, redemptions_delta=1)


def carry_over(count: int) -> Effect:
    return Effect(TransactionKind.CARRY_OVER, delta=count, lifetime_delta=count)


def void_stamps(count: int, balance: int) -> Effect:
    """Take back `count` stamps. What the balance no longer holds was spent: it becomes a shortfall."""
    taken = min(count, max(balance, 0))
    return Effect(TransactionKind.VOID, delta=-taken, lifetime_delta=-taken, shortfall=count - taken)


def void_redemption(stamps_returned: int) -> Effect:
    """Take back a reward: its stamps return to the card."""
    return Effect(TransactionKind.VOID, delta=stamps_returned, redemptions_delta=-1)


def apply(totals: Totals, entry: Entry) -> Totals:
    """The figures after one more transaction. The last-times only ever move forward."""
    effect, kind = entry.effect, entry.effect.kind
    # Not dataclasses.replace, which takes three times as long: each look folds every open operation of its card.
    return Totals(
        stamp_count=totals.stamp_count + effect.delta,
        lifetime_stamps=totals.lifetime_stamps + effect.lifetime_delta,
        redemptions=totals.redemptions + effect.redemptions_delta,
        last_stamp_at=later(totals.last_stamp_at, entry.at) if kind is TransactionKind.STAMP else totals.last_stamp_at,
        last_redemption_at=(
            later(totals.last_redemption_at, entry.at) if kind is TransactionKind.REDEEM else totals.last_redemption_at
        ),
    )


def fold(entries: Iterable[Entry], start: Totals | None = None) -> Totals:
    """The figures that these transactions, in ledger order, make of `start` (an empty card)."""
    totals = start or Totals()
    for entry in entries:
        totals = apply(totals, entry)
    return totals


def rewards_available(stamp_count: int, stamps_target: int) -> int:
    return stamp_count // stamps_target


def later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
