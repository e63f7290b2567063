"""Search in the book: by what, in which order, and what is never found."""

from collections.abc import Callable

import pytest

from common.wire.pull import AliasRow, CardRow, Changes
from common.wire.push import Outcome
from desktop.cashier.engine import By, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.looking.find import FOUND_MAX, find_cards
from desktop.cashier.outcome import Recorded
from desktop.cashier.replace import replace
from tests.desktop.shop import ANA, BEN, card_id, card_row, judged, number, pull, token, verdict

PEOPLE = [
    card_row(1, name="Jérôme Weiß", phone="+352 621 123 456", email="Jerome.Weiss@Example.com"),
    card_row(2, name="Anna Maria Weber", phone="0691/44 55 66"),
    card_row(3, name="Ana", number="123412344711"),
    card_row(4, name="Annabelle Jerominus", number="900047110001"),
    card_row(5, number="555566667777", email="office@example.org"),
    card_row(6, name="Søren Øst-Łukasz", number="471122223333"),
]


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(cards=PEOPLE)


def _found(till: Till, text: str) -> list[int]:
    """The places of the cards that were found, in their order."""
    return [card.card_id.int - 1_000 for card in find_cards(till, text)]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("jerom", [1, 4]),
        ("jerome", [1]),
        ("JÉRÔM", [1, 4]),
        ("weiss", [1]),
        ("weiß jér", [1]),
        ("maria", [2]),
        ("weber an", [2]),
        ("an", [3, 2, 4]),
        ("ana", [3]),
        ("soren", [6]),
        ("lukasz", [6]),
        ("ost lukasz", [6]),
        ("rome", []),
        ("a", []),
        ("", []),
        ("   ", []),
        ("%", []),
        ("%%", []),
        ("' OR 1=1", []),
    ],
)
def test_by_name(till: Till, text: str, places: list[int]) -> None:
    assert _found(till, text) == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("4711", [3, 6]),  # its last four, then its first
        ("04711", [4]),  # somewhere in it, where there is nothing better
        ("471100", [4]),
        ("47", [3, 6]),
        ("234-4711", [3]),
        ("1234 1234", [3]),
        ("1234-1234-4711", [3]),
        ("5666", [5]),
        ("55 55", [5]),
        ("99999", []),
        ("1234123447110", []),
    ],
)
def test_by_number(till: Till, text: str, places: list[int]) -> None:
    assert _found(till, text) == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("621 12", [1]),
        ("0621-123", [1]),
        ("+352 621", [1]),
        ("00352621123456", [1]),
        ("352621123456", [1]),
        ("(0)691 44", [2]),
        ("691445566", [2]),
    ],
)
def test_by_phone_however_it_is_written(till: Till, text: str, places: list[int]) -> None:
    found = _found(till, text)
    assert [place for place in found if place in {1, 2}] == places


@pytest.mark.parametrize(
    ("text", "places"), [("jerome.w", [1]), ("OFFICE@", [5]), ("office@example.org", [5]), ("example", [])]
)
def test_by_email(till: Till, text: str, places: list[int]) -> None:
    assert _found(till, text) == places


def test_a_whole_code_finds_its_card_and_nothing_beside_it(till: Till) -> None:
    assert _found(till, token(2)) == [2]
    assert _found(till, number(2)) == [2]


@pytest.mark.parametrize("start", range(13 - 4))
def test_four_digits_from_anywhere_in_a_number(open_till: Callable[..., Till], start: int) -> None:
    """As many tills as a shop has, and as many as only old cards of anywhere have."""
    wanted = "314159265358"
    for tills in (3, 90):
        others = [card_row(place, number=f"{place * 37 % 9_000:04}00000000") for place in range(2, tills)]
        till = open_till(cards=[card_row(1, number=wanted), *others])
        for length in range(4, 13 - start):
            assert _found(till, wanted[start : start + length]) == [1], (tills, length)
        till.book.close()


def test_not_more_than_a_screen_of_them(open_till: Callable[..., Till]) -> None:
    till = open_till(cards=[card_row(place, name=f"Anna {place}") for place in range(1, 90)])
    assert len(find_cards(till, "anna")) == FOUND_MAX
    assert len(find_cards(till, "00", limit=5)) == 5


def _begun(till: Till, **fields: str) -> Recorded:
    done = enrol(till, By(BEN), **fields)
    assert isinstance(done, Recorded)
    return done


def test_a_card_begun_here_is_found_before_the_server_knows_it(till: Till) -> None:
    done = _begun(till, name="Zoé Müller", phone="+49 171 999 88", email="zoe@example.net")
    begun = done.card.card_id
    for text in ("zoe", "muller", "mul zo", "171 999", "zoe@ex", done.card.number[-4:], done.card.number[3:9]):
        assert begun in [card.card_id for card in find_cards(till, text)], text
    for text in ("oe", "uller", "71 999", "example.net"):
        assert begun not in [card.card_id for card in find_cards(till, text)], text


def test_a_replaced_number_finds_nothing_and_the_new_one_does(till: Till) -> None:
    done = replace(till, By(ANA), card_id(3))
    assert isinstance(done, Recorded)
    assert _found(till, "123412344711") == []
    assert 3 not in _found(till, "4711")
    assert _found(till, done.card.number) == [3]
    assert 3 in _found(till, done.card.number[-4:])
    assert _found(till, "ana") == [3]


def test_a_card_that_was_merged_leads_to_the_one_that_stays(till: Till) -> None:
    done = _begun(till, name="Yolanda", phone="+352 661 777 888")
    judged(till, verdict(done.key, Outcome.ACCEPTED, ver=2, merged_into=card_id(2)))
    for text in ("yolanda", "661 777", done.card.number):
        assert _found(till, text) == [2], text
    pull(till, Changes(aliases=[AliasRow(card_id=done.card.card_id, merged_into=card_id(2), ver=2)]), ver=2)
    assert _found(till, "weber") == [2]


def test_what_a_page_changes_is_found_by_its_new_words(till: Till) -> None:
    renamed: CardRow = card_row(2, name="Bettina Koch", phone="+352 691 1", ver=2)
    pull(till, Changes(cards=[renamed]), ver=2)
    assert _found(till, "weber") == []
    assert _found(till, "koch") == [2]


def test_a_number_the_server_gave_anew_is_found(till: Till) -> None:
    done = _begun(till, name="Xenia")
    judged(till, verdict(done.key, Outcome.ACCEPTED, ver=2, number="888877771212"))
    assert [card.card_id for card in find_cards(till, "1212")] == [done.card.card_id]
    assert done.card.card_id not in [card.card_id for card in find_cards(till, done.card.number[:8])]
