"""docs/law.md: the rules, in the order in which they are asked, of the kinds that they are asked of."""

import inspect
import re
from collections.abc import Callable

from common.rules.asks import Kind
from common.rules.judge import RULES, SERVER_TOLERANCE
from common.rules.refusals import RefusalCode
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
