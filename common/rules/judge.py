"""Judge: one ordered tuple of rules, and what an ask that passes them all does to the card."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from common import ledger
from common.ids import CardId
from common.ledger import Effect, TransactionKind
from common.rules.asks import Ask, CarryOver, Enrol, Kind, Redeem, Stamp, Void
from common.rules.card import (
    card_active,
    card_exists,
    carried_over_once,
    codes_free,
    program_active,
    stamps_enabled,
    well_formed,
)
from common.rules.case import Case
from common.rules.connection import connected_lately
from common.rules.cooldown import cooled_down
from common.rules.daily_limit import stamps_today, within_daily_limit, within_visit_limit
from common.rules.redemption import enough_stamps, redeemable_alone, redeemable_here
from common.rules.refusals import Refused
from common.rules.staff import manager_present, staff_allowed
from common.rules.standing import Standing, history_window
from common.rules.void import original_voidable, something_to_void, voids_allowed
from common.terms import Terms, business_day

SERVER_TOLERANCE: Final = timedelta(seconds=2)
NO_TOLERANCE: Final = timedelta(0)

Rule = Callable[[Case], Refused | None]

_ON_A_CARD: Final = frozenset(Kind) - {Kind.ENROL, Kind.LOCKOUT}
_ON_AN_OPEN_CARD: Final = frozenset({Kind.STAMP, Kind.REDEEM, Kind.CARRY_OVER})
_BY_A_MANAGER: Final = frozenset({Kind.VOID, Kind.REPLACE, Kind.UNBLOCK, Kind.CARRY_OVER})

RULES: Final[tuple[tuple[Rule, frozenset[Kind]], ...]] = (
    # A till that may record nothing says so first: no other answer would help its cashier.
    (connected_lately, frozenset(Kind) - {Kind.LOCKOUT}),
    (well_formed, frozenset(Kind)),
    # Whether there is a card to speak of, and a program to count for.
    (card_exists, _ON_A_CARD),
    (card_active, _ON_AN_OPEN_CARD),
    (program_active, _ON_AN_OPEN_CARD),
    (stamps_enabled, _ON_AN_OPEN_CARD),
    # The merchant's "no voids" comes before anybody is asked for a PIN.
    (voids_allowed, frozenset({Kind.VOID})),
    (staff_allowed, frozenset(Kind) - {Kind.LOCKOUT}),
    # A count that no waiting can mend, then the two that waiting mends, the shorter wait first.
    (within_visit_limit, frozenset({Kind.STAMP})),
    (cooled_down, frozenset({Kind.STAMP})),
    (within_daily_limit, frozenset({Kind.STAMP})),
    (redeemable_here, frozenset({Kind.REDEEM})),
    (enough_stamps, frozenset({Kind.REDEEM})),
    # What the original was decides whether its void needs a manager.
    (original_voidable, frozenset({Kind.VOID})),
    (manager_present, _BY_A_MANAGER),
    (something_to_void, frozenset({Kind.VOID})),
    (codes_free, frozenset({Kind.ENROL, Kind.REPLACE})),
    (carried_over_once, frozenset({Kind.CARRY_OVER})),
    # Last, because the server may still be asked: everything else already said yes.
    (redeemable_alone, frozenset({Kind.REDEEM})),
)

RULES_OF: Final = {kind: tuple(rule for rule, kinds in RULES if kind in kinds) for kind in Kind}


@dataclass(frozen=True, slots=True)
class StampAnswer:
    """What the cashier tells the customer after a stamp.

    Attributes:
        stamps_until_reward: 0 while a reward is ready to be handed out.
        reward_earned: this very stamp made a further reward available.
        next_stamp_at: when cooldown and daily limit allow the next one.
    """

    stamp_count: int
    stamps_target: int
    stamps_until_reward: int
    reward_earned: bool
    reward: str
    next_stamp_at: datetime
    stamps_today: int
    stamps_left_today: int
    card_number: str


@dataclass(frozen=True, slots=True)
class Approved:
    """A yes, and what it does.

    Attributes:
        effect: the ledger row to write; None where the ledger is not touched.
        balance_after: the card's balance then; None without an effect.
        answer: for a stamp.
        merged_into: for an enrol with a token that a card has: that card.
        number_taken: for an enrol whose number a card has: the server must find another.
    """

    effect: Effect | None = None
    balance_after: int | None = None
    answer: StampAnswer | None = None
    merged_into: CardId | None = None
    number_taken: bool = False


def judge(
    terms: Terms, standing: Standing, ask: Ask, at: datetime, *, tolerance: timedelta = NO_TOLERANCE
) -> Approved | Refused:
    """Whether `ask` may happen at the event time `at`, given `standing`, under `terms`.

    The first rule that says no wins. Pure, and never raises on well-typed input. `standing.live_stamps` must cover
    `history_window(terms, at)`. The server passes SERVER_TOLERANCE, a till nothing.
    """
    case = Case(terms, standing, ask, at, tolerance)
    for rule in RULES_OF[ask.kind]:
        refused = rule(case)
        if refused is not None:
            return refused
    return _approve(case)


def _approve(case: Case) -> Approved:
    standing = case.standing
    match case.ask.act:
        case Stamp(count):
            return _approve_stamp(case, count)
        case Redeem():
            return _with_effect(case, ledger.redeem(case.terms.stamps_target))
        case CarryOver(count):
            return _with_effect(case, ledger.carry_over(count))
        case Void(count=count):
            return _with_effect(case, _effect_of_void(case, count))
        case Enrol():
            holder = standing.token_holder
            if holder is not None:
                return Approved(merged_into=holder.card_id)
            return Approved(number_taken=standing.number_holder is not None)
        case _:
            return Approved()


def _with_effect(case: Case, effect: Effect) -> Approved:
    return Approved(effect=effect, balance_after=case.card.balance + effect.delta)


def _effect_of_void(case: Case, count: int | None) -> Effect:
    """`count` is None exactly where an original is named."""
    original = case.original_of_card()
    if original is None:
        return ledger.void_stamps(count or 0, case.card.balance)
    if original.kind is TransactionKind.REDEEM:
        return ledger.void_redemption(original.stamps)
    return ledger.void_stamps(original.stamps, case.card.balance)


def _approve_stamp(case: Case, count: int) -> Approved:
    terms, before = case.terms, case.card.balance
    after, today = before + count, stamps_today(case) + count
    target = terms.stamps_target
    answer = StampAnswer(
        stamp_count=after,
        stamps_target=target,
        stamps_until_reward=max(0, target - after),
        reward_earned=ledger.rewards_available(after, target) > ledger.rewards_available(before, target),
        reward=terms.reward,
        next_stamp_at=_next_stamp_at(case, today),
        stamps_today=today,
        stamps_left_today=terms.daily_limit - today,
        card_number=case.card.number,
    )
    return Approved(effect=ledger.stamp(count), balance_after=after, answer=answer)


def _next_stamp_at(case: Case, today: int) -> datetime:
    """After the cooldown of the latest stamp that matters; not before the next business day once this one is full."""
    begins, ends = history_window(case.terms, case.at)
    latest = max([case.at, *(stamp.at for stamp in case.standing.live_stamps if begins <= stamp.at < ends)])
    cooled = latest + case.terms.cooldown
    if today < case.terms.daily_limit:
        return cooled
    return max(cooled, business_day(case.terms, case.at).ends)
