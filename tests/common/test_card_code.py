"""Card codes: check digits, tokens, and what a scan means, however it was garbled."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.card_code import (
    HUB_TILL_NUMBER,
    CardNumber,
    CardToken,
    NotACard,
    Scan,
    ScannedNumber,
    ScannedToken,
    ScanProblem,
    format_number,
    is_number,
    is_token,
    luhn_digit,
    make_number,
    make_token,
    read_scan,
)
from tests.common.builders import NUMBER, TOKEN
from tests.common.strategies import numbers, tokens

EMPTY, INCOMPLETE, RUBBISH = (NotACard(problem) for problem in ScanProblem)


@pytest.mark.parametrize(
    ("text", "scan"),
    [
        (TOKEN, ScannedToken(TOKEN)),
        (f"  {TOKEN}\r\n", ScannedToken(TOKEN)),
        (TOKEN.lower(), ScannedToken(TOKEN)),
        (TOKEN.replace("-", ""), ScannedToken(TOKEN)),
        (TOKEN.replace("-", "ß"), ScannedToken(TOKEN)),  # a German layout
        (TOKEN.replace("-", "'"), ScannedToken(TOKEN)),  # a Swiss or an Italian one
        (TOKEN.replace("-", ")"), ScannedToken(TOKEN)),  # a French one
        (TOKEN.replace("-", "\n"), ScannedToken(TOKEN)),
        ("TS1-OIL3456789ABCDEFGHJKMNPQRS", ScannedToken(CardToken("TS1-0113456789ABCDEFGHJKMNPQRS"))),
        (TOKEN[:-1], INCOMPLETE),
        (TOKEN + "0", RUBBISH),
        (TOKEN[:-1] + "U", RUBBISH),  # U is no Crockford digit
        (TOKEN[:-1] + "*", RUBBISH),
        (TOKEN.replace("-", "--"), RUBBISH),
        ("TS2" + TOKEN[3:], RUBBISH),
        ("T", INCOMPLETE),
        ("ts", INCOMPLETE),
        ("TS1", INCOMPLETE),
        ("TS1-", INCOMPLETE),
        ("TS1-012", INCOMPLETE),
        ("123456789015", ScannedNumber(CardNumber("123456789015"), check_digit_ok=True)),
        ("123456789012", ScannedNumber(CardNumber("123456789012"), check_digit_ok=False)),
        ("1234-5678-9015", ScannedNumber(CardNumber("123456789015"), check_digit_ok=True)),
        (" 1234 5678 9015 ", ScannedNumber(CardNumber("123456789015"), check_digit_ok=True)),
        ("12 34-56 78-90 15", ScannedNumber(CardNumber("123456789015"), check_digit_ok=True)),
        ("12345678901", INCOMPLETE),
        ("1", INCOMPLETE),
        ("1234-5678-901", INCOMPLETE),
        ("1234567890123", RUBBISH),
        ("-123456789015", RUBBISH),
        ("1234_5678_9015", RUBBISH),
        ("١٢٣٤٥٦٧٨٩٠١٥", RUBBISH),  # digits, but no card's
        ("", EMPTY),
        (" \t\r\n", EMPTY),
        ("hello", RUBBISH),
        ("https://example.com", RUBBISH),
        ("\x00", RUBBISH),
        ("1" + " " * 62 + "2", INCOMPLETE),
        ("1" + " " * 63 + "2", RUBBISH),
    ],
)
def test_what_a_scan_means(text: str, scan: Scan) -> None:
    assert read_scan(text) == scan


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(read_scan(text), ScannedToken | ScannedNumber | NotACard)


@given(st.text(alphabet="TS1ts-0123456789ILOUilou ", max_size=40))
def test_what_is_read_is_a_code_as_it_is_kept(text: str) -> None:
    scan = read_scan(text)
    if isinstance(scan, ScannedToken):
        assert is_token(scan.token)
    if isinstance(scan, ScannedNumber):
        assert is_number(scan.number)
        assert scan.check_digit_ok == (luhn_digit(scan.number[:-1]) == scan.number[-1])


@given(token=tokens, data=st.data())
def test_a_token_survives_a_garbled_dash_small_letters_and_look_alikes(token: CardToken, data: st.DataObject) -> None:
    confused = {"1": "1IiLl", "0": "0Oo"}
    characters = [
        data.draw(st.sampled_from(confused.get(character, character + character.lower()))) for character in token[4:]
    ]
    dash = data.draw(st.one_of(st.just(""), st.characters(exclude_characters=string.ascii_letters + string.digits)))
    prefix = data.draw(st.sampled_from(["TS1", "ts1", "Ts1", "tS1"]))
    assert read_scan(prefix + dash + "".join(characters)) == ScannedToken(token)


@given(st.binary(min_size=17, max_size=17))
def test_a_made_token_is_a_token(entropy: bytes) -> None:
    token = make_token(entropy)
    assert is_token(token)
    assert read_scan(token) == ScannedToken(token)


def test_a_token_carries_130_bits_of_its_entropy() -> None:
    zero = make_token(bytes(17))
    assert zero == "TS1-" + "0" * 26
    differing = {make_token((1 << bit).to_bytes(17, "big")) for bit in range(130)}
    assert len(differing) == 130
    assert zero not in differing


@pytest.mark.parametrize("length", [0, 16, 18])
def test_a_token_takes_17_bytes(length: int) -> None:
    with pytest.raises(ValueError, match=f"17 bytes of entropy, not {length}"):
        make_token(bytes(length))


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (TOKEN, True),
        (TOKEN.lower(), False),
        (TOKEN[4:], False),
        (TOKEN + "\n", False),
        (TOKEN[:-1] + "I", False),
        (TOKEN[:-1] + "L", False),
        (TOKEN[:-1] + "O", False),
        (TOKEN[:-1] + "U", False),
        (TOKEN[:-1] + "Z", True),
    ],
)
def test_what_a_token_is(text: str, good: bool) -> None:
    assert is_token(text) is good


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("123456789012", True),
        ("12345678901", False),
        ("1234567890123", False),
        ("123456789012\n", False),
        ("٠" * 12, False),
    ],
)
def test_what_a_number_is(text: str, good: bool) -> None:
    assert is_number(text) is good


@pytest.mark.parametrize(
    # The example of ISO/IEC 7812-1, and others that are known.
    ("digits", "check"),
    [("7992739871", "3"), ("0", "0"), ("00000000000", "0"), ("411111111111111", "1"), ("1", "8"), ("5", "9")],
)
def test_known_check_digits(digits: str, check: str) -> None:
    assert luhn_digit(digits) == check


def _check_digit_ok(digits: str) -> bool:
    scan = read_scan(digits)
    assert isinstance(scan, ScannedNumber)
    return scan.check_digit_ok


@given(number=numbers, place=st.integers(0, 11), digit=st.sampled_from(string.digits))
def test_one_wrong_digit_is_noticed(number: CardNumber, place: int, digit: str) -> None:
    assume(number[place] != digit)
    assert _check_digit_ok(number)
    assert not _check_digit_ok(number[:place] + digit + number[place + 1 :])


@given(number=numbers, place=st.integers(0, 10))
def test_two_swapped_neighbours_are_noticed_but_for_0_and_9(number: CardNumber, place: int) -> None:
    one, other = number[place], number[place + 1]
    assume(one != other)
    swapped = number[:place] + other + one + number[place + 2 :]
    # Luhn's one blind spot: a doubled 9 and a doubled 0 weigh as much as plain ones.
    assert _check_digit_ok(swapped) == ({one, other} == {"0", "9"})


@given(till_number=st.integers(1, 9_999), entropy=st.integers(0, 9_999_999))
def test_a_number_names_its_tills_block(till_number: int, entropy: int) -> None:
    number = make_number(till_number, entropy)
    assert is_number(number)
    assert _check_digit_ok(number)
    assert (int(number[:4]), int(number[4:11])) == (till_number, entropy)


def test_the_servers_block_is_no_tills() -> None:
    assert make_number(HUB_TILL_NUMBER, 0).startswith("0000")
    assert make_number(1, 1) == NUMBER


@pytest.mark.parametrize("till_number", [-1, 10_000])
def test_a_till_number_has_4_digits(till_number: int) -> None:
    with pytest.raises(ValueError, match=f"at most 4 digits, not {till_number}"):
        make_number(till_number, 0)


@pytest.mark.parametrize("entropy", [-1, 10_000_000])
def test_the_random_part_has_7_digits(entropy: int) -> None:
    with pytest.raises(ValueError, match="7 digits"):
        make_number(1, entropy)


@given(numbers)
def test_a_number_is_read_as_it_is_shown(number: CardNumber) -> None:
    shown = format_number(number)
    assert [len(part) for part in shown.split("-")] == [4, 4, 4]
    assert read_scan(shown) == ScannedNumber(number, check_digit_ok=True)


def test_how_a_number_is_shown() -> None:
    assert format_number("123456789012") == "1234-5678-9012"
