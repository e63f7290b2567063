"""Card numbers and tokens: how they are made, what a scan means, how they are shown.

A number is 12 digits, the last a Luhn digit (ISO/IEC 7812-1, annex B), for people to read and type. A token is what
the QR code holds: `TS1-` and 26 characters of Crockford base32, capitals and digits only, so that a scanner set to
another keyboard layout cannot garble it.
"""

import re
import string
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType

CardNumber = NewType("CardNumber", str)
CardToken = NewType("CardToken", str)

NUMBER_DIGITS: Final = 12
TOKEN_PREFIX: Final = "TS1-"
TOKEN_CHARACTERS: Final = 26
TOKEN_ENTROPY_BYTES: Final = 17
"""26 characters carry 130 bits; 17 bytes are the least that fill them."""

TILL_NUMBER_MAX: Final = 9_999
HUB_TILL_NUMBER: Final = 0
"""The block of numbers that the server itself makes cards from; no till is given it."""

NUMBER_ENTROPY_MAX: Final = 10_000_000

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SCAN_LENGTH_MAX: Final = 64
_NUMBER: Final = re.compile(r"[0-9]{12}")
_TOKEN: Final = re.compile(rf"TS1-[{_CROCKFORD}]{{26}}")
_SCANNED_DIGITS: Final = re.compile(r"[0-9][0-9 \-]*")
# The dash is the one character of a token that keyboard layouts disagree on, so a scan may bring any mark, or none.
_SCANNED_TOKEN: Final = re.compile(r"TS1[^0-9A-Z]?([0-9A-Z]*)", re.DOTALL)
# Not str.upper(): a German keyboard layout types the dash as "ß", whose capital is two letters.
_CAPITALS: Final = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
_LOOKS_LIKE: Final = str.maketrans("ILO", "110")


class ScanProblem(StrEnum):
    """Why a scan cannot be a card."""

    EMPTY = "empty"
    INCOMPLETE = "incomplete"
    RUBBISH = "rubbish"


@dataclass(frozen=True, slots=True)
class ScannedToken:
    """A whole token."""

    token: CardToken


@dataclass(frozen=True, slots=True)
class ScannedNumber:
    """Twelve digits. Without a right check digit it may still be an old card, or a typing mistake."""

    number: CardNumber
    check_digit_ok: bool


@dataclass(frozen=True, slots=True)
class NotACard:
    """A scan that no card can have."""

    problem: ScanProblem


Scan = ScannedToken | ScannedNumber | NotACard


def read_scan(text: str) -> Scan:
    """What a scanner or a keyboard brought: a token, twelve digits, or digits with dashes or spaces."""
    code = text.strip().translate(_CAPITALS)
    if not code:
        return NotACard(ScanProblem.EMPTY)
    if len(code) > _SCAN_LENGTH_MAX:
        return NotACard(ScanProblem.RUBBISH)
    if token := _SCANNED_TOKEN.fullmatch(code):
        return _read_token(token.group(1))
    if _SCANNED_DIGITS.fullmatch(code):
        return _read_number(code.replace("-", "").replace(" ", ""))
    return NotACard(ScanProblem.INCOMPLETE if TOKEN_PREFIX.startswith(code) else ScanProblem.RUBBISH)


def _read_token(characters: str) -> Scan:
    if len(characters) < TOKEN_CHARACTERS:
        return NotACard(ScanProblem.INCOMPLETE)
    token = TOKEN_PREFIX + characters.translate(_LOOKS_LIKE)
    return ScannedToken(CardToken(token)) if is_token(token) else NotACard(ScanProblem.RUBBISH)


def _read_number(digits: str) -> Scan:
    if len(digits) < NUMBER_DIGITS:
        return NotACard(ScanProblem.INCOMPLETE)
    if len(digits) > NUMBER_DIGITS:
        return NotACard(ScanProblem.RUBBISH)
    return ScannedNumber(CardNumber(digits), check_digit_ok=digits[-1] == luhn_digit(digits[:-1]))


def luhn_digit(digits: str) -> str:
    """The check digit to append to `digits`."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * 2 if place % 2 == 0 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def make_number(till_number: int, entropy: int) -> CardNumber:
    """A number from a till's own leased block, so that two offline tills cannot make the same one.

    4 digits of till number (0 is the server's), 7 digits of `entropy`, and the check digit. Raises ValueError when
    either does not fit its digits.
    """
    if not 0 <= till_number <= TILL_NUMBER_MAX:
        raise ValueError(f"a till number has at most 4 digits, not {till_number}")
    if not 0 <= entropy < NUMBER_ENTROPY_MAX:
        raise ValueError("the random part of a card number has 7 digits")
    digits = f"{till_number:04d}{entropy:07d}"
    return CardNumber(digits + luhn_digit(digits))


def make_token(entropy: bytes) -> CardToken:
    """A token from 17 bytes of entropy, of which 130 bits are used. Raises ValueError for another length."""
    if len(entropy) != TOKEN_ENTROPY_BYTES:
        raise ValueError(f"a token takes {TOKEN_ENTROPY_BYTES} bytes of entropy, not {len(entropy)}")
    bits = int.from_bytes(entropy, "big")
    return CardToken(TOKEN_PREFIX + "".join(_CROCKFORD[bits >> (5 * place) & 31] for place in range(TOKEN_CHARACTERS)))


def is_number(text: str) -> bool:
    """Whether `text` is twelve digits as they are kept; old numbers need no right check digit."""
    return _NUMBER.fullmatch(text) is not None


def is_token(text: str) -> bool:
    """Whether `text` is a token as it is kept."""
    return _TOKEN.fullmatch(text) is not None


def format_number(number: str) -> str:
    """`123456789012` as people read it: `1234-5678-9012`."""
    return "-".join(number[start : start + 4] for start in range(0, len(number), 4))
