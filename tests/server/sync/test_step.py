"""How a till's numbering stands to the server's: every line of the table, and its edges."""

import pytest

from server.sync.step import Claim, Position, Step, compare

SERVER = Position(epoch=2, have_seq=10)


@pytest.mark.parametrize(
    ("claim", "step"),
    [
        (Claim(2), Step.IN_STEP),
        (Claim(2, acked_seq=10, last_seq=10), Step.IN_STEP),
        (Claim(2, acked_seq=8, last_seq=12), Step.IN_STEP),
        (Claim(2, last_seq=10), Step.IN_STEP),
        (Claim(2, acked_seq=12, last_seq=12), Step.IN_STEP),
        (Claim(2, acked_seq=8, last_seq=9), Step.TILL_BEHIND),
        (Claim(2, last_seq=0), Step.TILL_BEHIND),
        (Claim(1), Step.TILL_BEHIND),
        (Claim(1, acked_seq=40, acked_fits=False, last_seq=50), Step.TILL_BEHIND),
        (Claim(2, acked_seq=10, acked_fits=False, last_seq=10), Step.DIVERGED),
        (Claim(2, acked_seq=3, acked_fits=False, last_seq=4), Step.DIVERGED),
        (Claim(2, acked_seq=11, acked_fits=False, last_seq=11), Step.SERVER_BEHIND),
        (Claim(3), Step.IN_STEP),
        (Claim(3, acked_seq=4, last_seq=9), Step.IN_STEP),
        (Claim(3, acked_seq=1, acked_fits=False, last_seq=9), Step.SERVER_BEHIND),
        (Claim(4), Step.SERVER_BEHIND),
    ],
)
def test_the_table(claim: Claim, step: Step) -> None:
    assert compare(SERVER, claim) is step


def test_a_seq_used_twice_is_a_second_branch() -> None:
    assert compare(SERVER, Claim(2, acked_seq=9, last_seq=10), collides=True) is Step.DIVERGED
    assert compare(SERVER, Claim(2, last_seq=5), collides=True) is Step.DIVERGED


def test_what_the_server_forgot_is_not_the_tills_fault() -> None:
    """A till that numbered anew may have acked past `have_seq`; only a key that nobody knows says that the server fell
    back."""
    assert compare(SERVER, Claim(2, acked_seq=11, acked_fits=True, last_seq=11)) is Step.IN_STEP
    assert compare(SERVER, Claim(2, acked_seq=11, acked_fits=False, last_seq=11)) is Step.SERVER_BEHIND
