"""The burst recogniser, key by key, without Qt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.flow.scan_burst import (
    LENGTH_MAX,
    TAIL_MS,
    HalfScan,
    Held,
    Key,
    RepeatedScan,
    Ruling,
    Scan,
    ScanBurst,
    ScannerSetup,
)

TOKEN = "TS1-0123456789ABCDEFGHJKMNPQRS"


class Desk:
    """A text field behind the recogniser: obeys each ruling as the window does, and keeps what arrived and
    what was found.
    """

    def __init__(self, max_gap_ms: int = 50) -> None:
        self.burst = ScanBurst(ScannerSetup(max_gap_ms))
        self.at_ms = 1_000
        self.typed = ""
        self.found: list[object] = []
        self._held = ""

    def keys(self, text: str, gap_ms: int) -> None:
        """Press `text`, each key `gap_ms` after the one before; ⏎ is the end key, ← any other."""
        for key in text:
            self.wait(gap_ms)
            if key == "⏎":
                self._obey(self.burst.end(self.at_ms), key)
            elif key == "←":
                self._obey(self.burst.other(self.at_ms), key)
            else:
                self._obey(self.burst.character(key, self.at_ms), key)

    def wait(self, ms: int) -> None:
        self.at_ms += ms

    def silence(self) -> None:
        self.wait(70)
        self._obey(self.burst.silence(self.at_ms), "")

    def _obey(self, ruling: Ruling, key: str) -> None:
        if ruling.held is Held.REPLAY:
            self.typed += self._held
        if ruling.held is not Held.KEEP:
            self._held = ""
        if ruling.key is Key.HOLD:
            self._held += key
        elif ruling.key is Key.PASS:
            self.typed += key
        if ruling.found is not None:
            self.found.append(ruling.found)


@pytest.mark.parametrize("gap_ms", [0, 1, 5, 20, 50])
def test_a_burst_with_its_end_is_a_scan_and_nothing_is_typed(gap_ms: int) -> None:
    desk = Desk()
    desk.keys(TOKEN + "⏎", gap_ms)
    assert desk.found == [Scan(TOKEN)]
    assert desk.typed == ""


@pytest.mark.parametrize(
    ("max_gap_ms", "gap_ms", "is_scan"),
    [(20, 20, True), (20, 21, False), (50, 50, True), (50, 51, False), (100, 100, True), (100, 101, False)],
)
def test_the_gap_decides_to_the_millisecond(max_gap_ms: int, gap_ms: int, *, is_scan: bool) -> None:
    desk = Desk(max_gap_ms)
    desk.keys("12345678⏎", gap_ms)
    assert desk.found == ([Scan("12345678")] if is_scan else [])
    assert desk.typed == ("" if is_scan else "12345678⏎")


@pytest.mark.parametrize("max_gap_ms", [0, 19, 101, -50])
def test_a_gap_outside_its_bounds_is_refused(max_gap_ms: int) -> None:
    with pytest.raises(ValueError, match="20 to 100 ms"):
        ScannerSetup(max_gap_ms)


@pytest.mark.parametrize(
    ("text", "gap_ms", "typed", "found"),
    [
        pytest.param("12345⏎", 5, "", [HalfScan("12345")], id="too short"),
        pytest.param("1234⏎", 50, "", [HalfScan("1234")], id="shortest that only a machine types"),
        pytest.param("123⏎", 5, "123⏎", [], id="three keys may be a person"),
        pytest.param("TS1-01", 5, "", [HalfScan("TS1-01")], id="no end"),
        pytest.param("tion", 45, "tion", [], id="rolling over the keys"),
        pytest.param("⏎", 5, "⏎", [], id="enter alone"),
        pytest.param("ab←", 5, "ab←", [], id="another key ends it"),
        pytest.param("12345678←", 5, "←", [HalfScan("12345678")], id="another key in mid-scan"),
        pytest.param("4821⏎", 120, "4821⏎", [], id="a PIN"),
    ],
)
def test_what_is_no_scan(text: str, gap_ms: int, typed: str, found: list[object]) -> None:
    desk = Desk()
    desk.keys(text, gap_ms)
    desk.silence()
    assert (desk.typed, desk.found) == (typed, found)


def test_a_scan_in_the_middle_of_typing_takes_only_itself() -> None:
    desk = Desk()
    desk.keys("Mari", 130)
    desk.wait(200)
    desk.keys(TOKEN + "⏎", 5)
    desk.wait(200)
    desk.keys("anne⏎", 130)
    assert (desk.typed, desk.found) == ("Marianne⏎", [Scan(TOKEN)])


def test_the_rest_of_a_scan_that_stalled_never_arrives() -> None:
    desk = Desk()
    desk.keys(TOKEN[:12], 5)
    desk.wait(150)
    desk.keys(TOKEN[12:] + "⏎", 5)
    assert (desk.typed, desk.found) == ("", [HalfScan(TOKEN[:12])])
    desk.wait(TAIL_MS + 1)
    desk.keys(TOKEN + "⏎", 5)
    assert desk.found == [HalfScan(TOKEN[:12]), Scan(TOKEN)]


def test_typing_soon_after_a_half_scan_arrives() -> None:
    desk = Desk()
    desk.keys("12345678", 5)
    desk.silence()
    desk.wait(TAIL_MS)
    desk.silence()
    assert not desk.burst.listening
    desk.keys("a⏎", 120)
    assert desk.typed == "a⏎"


@pytest.mark.parametrize(("gap_ms", "typed"), [(1, ""), (50, ""), (51, "⏎")])
def test_a_second_end_key_belongs_to_the_scan_while_it_is_near(gap_ms: int, typed: str) -> None:
    desk = Desk()
    desk.keys(TOKEN + "⏎", 5)
    desk.keys("⏎", gap_ms)
    assert (desk.typed, desk.found) == (typed, [Scan(TOKEN)])


@pytest.mark.parametrize(("after_ms", "counts"), [(100, False), (1_999, False), (2_000, True)])
def test_the_same_code_within_two_seconds_counts_once(after_ms: int, *, counts: bool) -> None:
    desk = Desk()
    desk.keys("12345678⏎", 0)
    desk.wait(after_ms)
    desk.keys("12345678⏎", 0)
    assert desk.found[1] == (Scan("12345678") if counts else RepeatedScan("12345678"))


@pytest.mark.parametrize("scanned", [TOKEN, f"]Q1{TOKEN}", f"{TOKEN}#", f"]Q1{TOKEN}#"])
def test_what_the_scanner_types_around_a_code_is_no_part_of_it(scanned: str) -> None:
    desk = Desk()
    desk.burst = ScanBurst(ScannerSetup(prefix="]Q1", suffix="#"))
    desk.keys(f"{scanned}⏎", 5)
    desk.wait(100)
    desk.keys(f"]Q1{TOKEN}#⏎", 5)
    assert desk.found == [Scan(TOKEN), RepeatedScan(TOKEN)]
    assert desk.typed == ""


def test_another_code_counts_at_once() -> None:
    desk = Desk()
    desk.keys("12345678⏎", 1)
    desk.wait(100)
    desk.keys("87654321⏎", 1)
    assert desk.found == [Scan("12345678"), Scan("87654321")]


def test_a_modifier_inside_a_burst_keeps_it_together() -> None:
    desk = Desk()
    desk.keys("TS1", 5)
    desk.wait(40)
    desk.burst.modifier(desk.at_ms)
    desk.keys("-0123⏎", 40)
    assert desk.found == [Scan("TS1-0123")]


def test_an_endless_burst_is_given_up_and_its_rest_dropped() -> None:
    desk = Desk()
    desk.keys("7" * (LENGTH_MAX + 300) + "⏎", 2)
    assert (desk.typed, desk.found) == ("", [HalfScan("7" * LENGTH_MAX)])


@given(st.lists(st.tuples(st.sampled_from("abc1⏎←"), st.integers(51, 400)), max_size=30))
def test_keys_further_apart_than_the_gap_always_arrive_in_order(presses: list[tuple[str, int]]) -> None:
    desk = Desk()
    for key, gap_ms in presses:
        desk.keys(key, gap_ms)
    desk.silence()
    assert desk.typed == "".join(key for key, _ in presses)
    assert desk.found == []


@given(st.lists(st.tuples(st.sampled_from("abc1⏎←"), st.integers(0, 120)), max_size=60))
def test_no_key_is_ever_lost_without_a_word(presses: list[tuple[str, int]]) -> None:
    desk = Desk()
    for key, gap_ms in presses:
        desk.keys(key, gap_ms)
    desk.silence()
    if not desk.found:
        assert desk.typed == "".join(key for key, _ in presses)
