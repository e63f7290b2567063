"""The report: what failed is named, and a bug is not mistaken for trouble."""

import json
from pathlib import Path

import pytest

from tests.demo.cashier.report import REPORT, RESULT, Broken, Report
from tests.helpers.clock import ManualClock


class Trouble(Exception):
    """Known trouble of these tests."""


@pytest.fixture
def report() -> Report:
    return Report("A test.", ManualClock(), (Trouble,))


def test_a_report_that_expected_nothing_does_not_hold(report: Report) -> None:
    with report.step("Nothing"):
        pass
    assert not report.holds


def test_what_fails_is_named_and_the_story_goes_on(report: Report, tmp_path: Path) -> None:
    with report.step("One") as step:
        step.expect("The balance", 3, 4)
        step.expect_words("The words", "next stamp at", "Not yet. Next stamp at 14:32.")
    with report.step("Two") as step:
        step.expect("It is so", True, True)
    report.write(tmp_path)
    result = json.loads((tmp_path / RESULT).read_text())
    assert report.summary() == "1 of 3 expectations do not hold:\n  01 One: The balance. Expected 3, seen 4"
    assert [step["holds"] for step in result["steps"]] == [False, True]
    assert not result["holds"]
    assert "| **NO** | The balance | 3 | 4 |" in (tmp_path / REPORT).read_text()


def test_one_and_yes_are_not_the_same(report: Report) -> None:
    with report.step("One") as step:
        step.expect("It is so", "1", 1)
    assert not report.holds


def test_known_trouble_ends_the_story_and_is_told(report: Report) -> None:
    with pytest.raises(Broken), report.step("One"):
        raise Trouble("the server is gone")
    assert "01 One: The step can be done. Expected done, seen Trouble: the server is gone" in report.summary()


def test_a_bug_passes_through_and_still_fails_the_report(report: Report) -> None:
    with pytest.raises(ZeroDivisionError), report.step("One"):
        raise ZeroDivisionError
    assert not report.holds


def test_a_steps_picture_is_named_for_it(report: Report) -> None:
    with report.step("Both stores stamp: a card!") as step:
        assert step.file_name == "01-both-stores-stamp-a-card.png"
