"""What judge does for any well-typed input, sensible or not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ledger import TransactionKind
from common.rules.asks import Ask, Kind, Redeem, Stamp
from common.rules.case import Case
from common.rules.judge import NO_TOLERANCE, SERVER_TOLERANCE, Approved, judge
from common.rules.refusals import RefusalCode, Refused
from common.rules.standing import Standing, history_window
from common.terms import Terms
from tests.common.builders import NOON, STANDING, TERMS
from tests.common.strategies import asks, moments, standings, terms


@st.composite
def cases(draw: st.DrawFn) -> tuple[Terms, Standing, Ask, datetime]:
    at = draw(moments)
    standing, ask = draw(standings(at)), draw(asks)
    if standing.staff is not None and draw(st.booleans()):
        ask = replace(ask, staff_id=standing.staff.id)
    return draw(terms), standing, ask, at


tolerances = st.sampled_from([NO_TOLERANCE, SERVER_TOLERANCE])


@given(case=cases(), tolerance=tolerances)
def test_judge_never_raises_and_says_the_same_again(
    case: tuple[Terms, Standing, Ask, datetime], tolerance: timedelta
) -> None:
    first = judge(*case, tolerance=tolerance)
    assert first == judge(*case, tolerance=tolerance)
    if isinstance(first, Refused):
        assert first.code in RefusalCode
    else:
        assert isinstance(first, Approved)


@given(case=cases(), data=st.data())
def test_the_order_of_the_history_does_not_matter(
    case: tuple[Terms, Standing, Ask, datetime], data: st.DataObject
) -> None:
    all_terms, standing, ask, at = case
    ask = replace(ask, act=Stamp(1))
    shuffled = replace(standing, live_stamps=tuple(data.draw(st.permutations(standing.live_stamps))))
    assert judge(all_terms, shuffled, ask, at) == judge(all_terms, standing, ask, at)


@given(case=cases())
def test_history_outside_the_window_does_not_matter(case: tuple[Terms, Standing, Ask, datetime]) -> None:
    all_terms, standing, ask, at = case
    ask = replace(ask, act=Stamp(1))
    begins, ends = history_window(all_terms, at)
    within = replace(standing, live_stamps=tuple(live for live in standing.live_stamps if begins <= live.at < ends))
    assert judge(all_terms, within, ask, at) == judge(all_terms, standing, ask, at)


@given(case=cases())
def test_the_tolerance_only_ever_lets_a_stamp_through(case: tuple[Terms, Standing, Ask, datetime]) -> None:
    strict, tolerant = judge(*case, tolerance=NO_TOLERANCE), judge(*case, tolerance=SERVER_TOLERANCE)
    if strict != tolerant:
        # What changes is a cooldown, and what stood behind it may be the daily limit.
        assert isinstance(strict, Refused)
        assert strict.code is RefusalCode.COOLDOWN
        later_codes = {RefusalCode.COOLDOWN, RefusalCode.DAILY_LIMIT}
        assert isinstance(tolerant, Approved) or tolerant.code in later_codes


@given(case=cases())
def test_what_a_till_approves_the_server_approves_with_the_same_history(
    case: tuple[Terms, Standing, Ask, datetime],
) -> None:
    all_terms, standing, ask, at = case
    on_till = judge(all_terms, standing, ask, at)
    if isinstance(on_till, Approved):
        on_server = judge(all_terms, replace(standing, till=None), ask, at, tolerance=SERVER_TOLERANCE)
        assert on_server == on_till


@given(case=cases())
def test_an_effect_leaves_the_balance_that_it_says_and_never_takes_below_zero(
    case: tuple[Terms, Standing, Ask, datetime],
) -> None:
    _, standing, ask, _ = case
    answer = judge(*case)
    if isinstance(answer, Refused) or answer.effect is None:
        return
    card, effect = standing.card, answer.effect
    assert card is not None
    assert answer.balance_after == card.balance + effect.delta
    assert answer.balance_after >= min(card.balance, 0)
    assert effect.shortfall >= 0
    assert (answer.answer is None) == (ask.kind is not Kind.STAMP)
    if effect.shortfall:
        assert effect.kind is TransactionKind.VOID
        assert answer.balance_after <= 0


def test_a_rule_that_needs_the_card_is_a_bug_before_card_exists() -> None:
    case = Case(TERMS, replace(STANDING, card=None), Ask(Redeem()), NOON, NO_TOLERANCE)
    with pytest.raises(LookupError, match="before card_exists"):
        _ = case.card
