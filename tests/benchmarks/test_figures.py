"""What the benchmarks say of what they measured: the figures themselves are no test, their arithmetic is."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.figures import AtLeast, AtMost, alone, compare, percentile
from tests.benchmarks.table import as_text, write_json

ROUNDS = [(100.0, 10.0), (300.0, 10.0), (40.0, 20.0)]


def test_the_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    figure = compare("push", "the usual", ROUNDS, unit="op/s", limit=AtLeast(ratio=10))
    assert (figure.value, figure.beside_value, figure.ratio) == (100.0, 10.0, 10.0)
    assert figure.holds
    assert not compare("push", "the usual", ROUNDS, unit="op/s", limit=AtLeast(ratio=10.1)).holds


def test_a_limit_may_be_one_that_is_not_passed() -> None:
    assert compare("act", "a commit", ROUNDS, unit="ms", limit=AtMost(ratio=10)).holds
    assert not compare("act", "a commit", ROUNDS, unit="ms", limit=AtMost(ratio=9.9)).holds


def test_a_figure_that_stands_for_itself_may_have_a_limit_too() -> None:
    assert alone("search", 20.0, "ms", most=20).holds
    assert not alone("search", 20.1, "ms", most=20).holds
    assert alone("search", 20.1, "ms").holds


@pytest.mark.parametrize(("percent", "value"), [(50, 2.0), (51, 3.0), (99, 4.0), (100, 4.0)])
def test_percentiles_are_by_nearest_rank(percent: float, value: float) -> None:
    assert percentile([3.0, 1.0, 4.0, 2.0], percent) == value


def test_what_does_not_hold_is_told_visibly() -> None:
    failing = compare("push", "the usual", ROUNDS, unit="op/s", limit=AtLeast(ratio=20))
    assert "NO <<<" in as_text([failing])
    assert "≥ 20 ×" in as_text([failing])
    assert "NO <<<" not in as_text([compare("push", "the usual", ROUNDS, unit="op/s")])


def test_the_file_has_the_fields_that_programs_read(tmp_path: Path) -> None:
    write_json([compare("push", "the usual", ROUNDS, unit="op/s")], tmp_path / "out" / "bench.json")
    (row,) = json.loads((tmp_path / "out" / "bench.json").read_text())
    assert list(row) == ["what", "beside", "value", "beside_value", "unit", "ratio", "limit", "holds"]
