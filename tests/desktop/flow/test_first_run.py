"""The first run as values: where Back and Next lead, what is kept, what a scan may bring."""

import pytest

from desktop.flow.first_run import Attempt, FirstRun, Invitation, Step, full_address, read_invitation


def test_next_leads_through_all_steps_and_back_again() -> None:
    run = FirstRun(address="https://host", code="K7QF-2M9D")
    seen = [run.step]
    while not run.is_last:
        run = run.forward()
        seen.append(run.step)
    assert seen == list(Step)
    assert run.forward() == run
    while not run.is_first:
        run = run.back()
    assert run == FirstRun(address="https://host", code="K7QF-2M9D")
    assert run.back() == run


def test_enrolling_again_asks_only_for_the_server_and_waits_for_the_shop() -> None:
    run = FirstRun(step=Step.SERVER, again=True)
    assert run.is_first
    assert run.forward().step is Step.SHOP
    assert run.forward().is_last


def test_a_code_that_was_used_is_not_used_twice() -> None:
    run = FirstRun(step=Step.SERVER, address="https://host", code="K7QF-2M9D").enrolled()
    assert run.step is Step.SHOP
    assert run.back().is_enrolled
    assert not run.back().typed("https://host", "AAAA-AAAA").is_enrolled
    assert not run.back().typed("https://other", "K7QF-2M9D").is_enrolled


@pytest.mark.parametrize(
    ("text", "invitation"),
    [
        ("https://stamps.example.com/#K7QF-2M9D", Invitation("https://stamps.example.com", "K7QF-2M9D")),
        (" http://127.0.0.1:8460#k7qf2m9d\n", Invitation("http://127.0.0.1:8460", "k7qf2m9d")),
        ("https://host/till/#K7QF-2M9D", Invitation("https://host/till", "K7QF-2M9D")),
        ("https://stamps.example.com", Invitation(address="https://stamps.example.com")),
        ("K7QF-2M9D", Invitation(code="K7QF-2M9D")),
        ("k7qf2m9d", Invitation(code="k7qf2m9d")),
        ("TS1-0123456789ABCDEFGHJKMNPQRS", Invitation()),
        ("https://host/#", Invitation()),
        ("", Invitation()),
    ],
)
def test_what_a_scan_says_of_where_to_enrol(text: str, invitation: Invitation) -> None:
    assert read_invitation(text) == invitation


def test_a_line_with_both_fills_both_fields_wherever_it_is_pasted() -> None:
    both = "https://host/#K7QF-2M9D"
    for address, code in ((both, ""), ("", both), ("https://old", both)):
        run = FirstRun().typed(address, code)
        assert (run.address, run.code) == ("https://host", "K7QF-2M9D")


def test_a_scan_fills_what_it_knows_and_leaves_the_rest() -> None:
    run = FirstRun().typed("https://host", "").invited(Invitation(code="K7QF-2M9D"))
    assert (run.address, run.code) == ("https://host", "K7QF-2M9D")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stamps.example.com", "https://stamps.example.com"),
        ("http://localhost:8460", "http://localhost:8460"),
        ("  ", ""),
    ],
)
def test_a_bare_name_is_meant_to_be_secure(typed: str, meant: str) -> None:
    assert full_address(typed) == meant


def test_an_attempt_is_given_up_whether_it_began_or_not() -> None:
    ended: list[str] = []
    early, late = Attempt(), Attempt()
    early.give_up()
    early.begin(lambda: ended.append("early"))
    late.begin(lambda: ended.append("late"))
    late.give_up()
    assert ended == ["early", "late"]
