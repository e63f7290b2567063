"""Numbers and tokens for cards, made on this till."""

from common.card_code import (
    NUMBER_ENTROPY_MAX,
    TOKEN_ENTROPY_BYTES,
    CardNumber,
    CardToken,
    NotACard,
    ScannedNumber,
    ScannedToken,
    make_number,
    make_token,
    read_scan,
)
from common.entropy import random_below, random_bytes
from desktop.cashier.counter.desk import Desk
from desktop.cashier.outcome import Mistyped, Unreadable


def fresh_codes(desk: Desk, code: str | None) -> tuple[CardNumber, CardToken] | Mistyped | Unreadable:
    """Number and token for a card that begins: what was scanned of it, and what is missing from this till's own.

    A new card's number must have a right check digit; that old numbers lack one excuses none from now on.
    """
    if code is None:
        return new_number(desk), new_token()
    match read_scan(code):
        case ScannedToken(token):
            return new_number(desk), token
        case ScannedNumber(number, check_digit_ok):
            return (number, new_token()) if check_digit_ok else Mistyped(number)
        case NotACard(problem):
            return Unreadable(problem)


def new_number(desk: Desk) -> CardNumber:
    """A number of this till's own block that no card here has or had.

    Seven random digits: after 10,000 cards of one till a draw is taken once in a thousand, and is drawn again.
    """
    while True:
        number = make_number(desk.shop.till_number, random_below(NUMBER_ENTROPY_MAX))
        if desk.holder(number) is None:
            return number


def new_token() -> CardToken:
    return make_token(random_bytes(TOKEN_ENTROPY_BYTES))
