"""docs/refusals.md: every code that there is, and none else, with the very words that the till says."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import pytest

from common.card_code import ScanProblem, make_token
from common.ids import CardId, StoreId
from common.rules.refusals import DetailValue, RefusalCode, Refused
from common.wire.problem import ProblemCode
from common.wire.push import Outcome, Verdict, WireCode
from desktop.cashier.outcome import AlreadyACard, Locked, Mistyped, NoPin, WrongPin
from desktop.present.sentences import Place, Said, not_found, pin_answer, refusal, rejection, scan_problem
from desktop.store.cards import KnownCard, view
from server.api.problems import problem_response
from server.store.attention import AttentionKind
from tests.docs.pages import DOCS, section, table

PAGE: Final = DOCS / "refusals.md"
TEXT: Final = PAGE.read_text(encoding="utf-8")
CODES: Final = re.findall(r"^### `(\w+)`$", TEXT, re.MULTILINE)

NOW: Final = datetime(2026, 11, 23, 13, 17, tzinfo=UTC)
GARE: Final = "01940000-0000-7000-8000-000000000001"
PLACE: Final = Place(NOW, "Europe/Luxembourg", "Free coffee", {GARE: "Gare"})
REJECTED: Final = {WireCode.KEY_REUSED, WireCode.REJECTED_BY_MERCHANT}


def said_by_the_till(code: str) -> Said:
    """What the page's example of this code reads at a till of Gare, at 14:17."""
    if code in set(WireCode):
        outcome = Outcome.REJECTED if code in REJECTED else Outcome.PARKED
        return rejection(Verdict(key=None, seq=1, outcome=outcome, code=code, ver=1), PLACE)
    detail: dict[str, DetailValue] = {
        "until": NOW + timedelta(minutes=15),
        "other_at": NOW,
        "other_store_id": GARE,
        "store_id": GARE,
        "limit": 1 if code == RefusalCode.VISIT_LIMIT else 5,
        "today": 5,
        "balance": 7,
        "target": 10,
        "days_max": 30,
        "oldest_waiting_at": NOW - timedelta(days=13),
    }
    return refusal(Refused(RefusalCode(code), detail), PLACE)


def test_every_code_has_its_place_and_only_one() -> None:
    assert sorted(CODES) == sorted([*RefusalCode, *WireCode])


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_told_in_the_tills_own_words_and_says_who_does_what(code: str) -> None:
    told = section(PAGE, f"### `{code}`")
    said = said_by_the_till(code)
    quoted = [line.removeprefix("> ") for line in told.splitlines() if line.startswith("> ")]
    assert quoted == [said.text, *([f"To the customer: {said.to_customer}"] if said.to_customer else [])]
    assert re.search(r"^- \*\*Cashier:\*\* .+\.$", told, re.MULTILINE)
    assert re.search(r"^- \*\*Office:\*\* .+\.$", told, re.MULTILINE)


def test_what_is_said_before_there_is_a_card_is_what_the_till_says() -> None:
    known = KnownCard(
        card_id=CardId(UUID(GARE)), number="000123456782", token=make_token(bytes(17)), store_id=StoreId(UUID(GARE))
    )
    answers: list[WrongPin | Locked | NoPin] = [WrongPin(4), Locked("Ben", NOW + timedelta(minutes=30)), NoPin("Ben")]
    said = [
        *(scan_problem(problem).text for problem in ScanProblem),
        not_found(Mistyped("000123456783")).text,
        not_found(AlreadyACard(view(known, (), known.store_id))).text,
        *(pin_answer(answer, PLACE).text for answer in answers),
    ]
    assert [row[0] for row in table(section(PAGE, "## Before there is a card"))] == said


def test_every_problem_of_the_exchange_is_listed_with_its_status() -> None:
    listed = [(row[0].strip("`"), row[1]) for row in table(section(PAGE, "## The exchange itself"))]
    assert len(listed) == len(ProblemCode)
    assert dict(listed) == {code.value: str(problem_response(code).status_code) for code in ProblemCode}


def test_every_kind_of_attention_is_listed() -> None:
    listed = [row[0].strip("`") for row in table(section(PAGE, "## The attention list"))]
    assert listed == [kind.value for kind in AttentionKind]
