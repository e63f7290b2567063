"""docs/law.md: the rules, in the order in which they are asked, of the kinds that they are asked of."""

import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime, time
from uuid import UUID

from common.ids import StoreId, TillId
from common.rules.asks import Ask, Kind, Stamp
from common.rules.case import Case
from common.rules.cooldown import cooled_down
from common.rules.judge import NO_TOLERANCE, RULES, SERVER_TOLERANCE
from common.rules.refusals import RefusalCode
from common.rules.standing import LiveStamp, Standing
from common.terms import OfflineRedemption, Terms
from tests.docs.pages import DOCS, section, table

PAGE = DOCS / "law.md"


def kinds(cell: str) -> frozenset[Kind]:
    named = frozenset(Kind(name) for name in re.findall(r"`(\w+)`", cell))
    return frozenset(Kind) - named if cell.startswith("all") else named


def codes(rule: Callable[..., object]) -> list[str]:
    """Those that a rule's own text names, as they come."""
    return [RefusalCode[name].value for name in re.findall(r"RefusalCode\.(\w+)", inspect.getsource(rule))]


def test_the_rules_stand_in_the_order_in_which_they_are_asked() -> None:
    told = [
        (re.findall(r"`(\w+)`", row[1]), kinds(row[2])) for row in table(section(PAGE, "## The rules in their order"))
    ]
    assert told == [(codes(rule), asked_of) for rule, asked_of in RULES]


def test_the_rules_are_numbered() -> None:
    numbers = [row[0] for row in table(section(PAGE, "## The rules in their order"))]
    assert numbers == [str(number) for number in range(1, len(RULES) + 1)]


def test_no_code_is_left_out() -> None:
    named = {name for rule, _ in RULES for name in codes(rule)}
    assert named == set(RefusalCode)


def test_the_one_difference_between_the_sides_is_the_one_told() -> None:
    assert SERVER_TOLERANCE.total_seconds() == 2
    assert "two seconds less than the cooldown" in PAGE.read_text()


def test_the_example_of_the_cooldown_is_what_the_rule_says() -> None:
    """A stamp at 10:00, and another one."""
    stamped_at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    store, till = StoreId(UUID(int=1)), TillId(UUID(int=2))
    standing = Standing(store_id=store, till_id=till, live_stamps=(LiveStamp(stamped_at, store),))
    examples = [row for row in table(section(PAGE, "## Stamps")) if re.fullmatch(r"[\d:]+", row[0])]
    assert len(examples) == 4
    for moment, said in examples:
        at = datetime.combine(stamped_at, time.fromisoformat(moment.zfill(8)), tzinfo=UTC)
        refused = cooled_down(Case(Terms(cooldown_minutes=15), standing, Ask(Stamp()), at, NO_TOLERANCE))
        assert ("too near" in said) is (refused is not None), moment


def test_every_policy_of_rewards_is_told() -> None:
    told = [row[0].strip("`") for row in table(section(PAGE, "## Rewards"))]
    assert told == [policy.value for policy in OfflineRedemption]
