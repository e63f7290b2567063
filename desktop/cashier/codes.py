"""Numbers and tokens for cards, made on this till."""

import secrets

from common.card_code import NUMBER_ENTROPY_MAX, TOKEN_ENTROPY_BYTES, CardNumber, CardToken, make_number, make_token
from common.entropy import random_bytes
from desktop.cashier.desk import Desk


def new_number(desk: Desk) -> CardNumber:
    """A number of this till's own block that no card here has or had.

    Seven random digits: after 10,000 cards of one till a draw is taken once in a thousand, and is drawn again.
    """
    while True:
        number = make_number(desk.shop.till_number, secrets.randbelow(NUMBER_ENTROPY_MAX))
        if desk.holder(number) is None:
            return number


def new_token() -> CardToken:
    return make_token(random_bytes(TOKEN_ENTROPY_BYTES))
