"""Many cards at a server, written by COPY: how they came to be is not what is measured."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import psycopg

from common.card_code import NUMBER_ENTROPY_MAX, make_number
from common.clock import SystemClock
from common.entropy import new_uuid
from tests.helpers.postgres import plain
from tests.helpers.shop import Shop, fresh_token

PRINTED_BY = 9_000
"""The till number in the cards' numbers; no till of a benchmark has it."""

_CARDS_OF_A_VERSION = 100
_LAST_SEEN = timedelta(days=60)

_CARDS = """COPY cards (merchant_id, card_id, number, token, store_id, name, stamp_count, lifetime_stamps, redemptions,
                        last_stamp_at, carried_over, ver) FROM STDIN"""
_CODES = "COPY card_codes (merchant_id, code, card_id) FROM STDIN"
_VERSION = "UPDATE merchant_versions SET ver = ver + %s WHERE merchant_id = %s RETURNING ver"


@dataclass(frozen=True, slots=True)
class MadeCard:
    """A card as a customer holds it."""

    card_id: uuid.UUID
    number: str
    token: str


def make_cards(url: str, shop: Shop, card_count: int) -> list[MadeCard]:
    """Cards of the shop's first store, with some stamps of long ago, as if a hundred had come with each push."""
    now = SystemClock().now()
    step = NUMBER_ENTROPY_MAX // card_count
    made = [MadeCard(new_uuid(now), make_number(PRINTED_BY, n * step), fresh_token()) for n in range(card_count)]
    with psycopg.connect(plain(url)) as connection:
        versions = -(-card_count // _CARDS_OF_A_VERSION)
        last = connection.execute(_VERSION, [versions, shop.merchant_id]).fetchone()
        assert last is not None
        _copy_cards(connection, shop, made, first_version=last[0] - versions + 1)
        with connection.cursor() as cursor, cursor.copy(_CODES) as copy:
            for card in made:
                copy.write_row((shop.merchant_id, card.number, card.card_id))
                copy.write_row((shop.merchant_id, card.token, card.card_id))
    return made


def _copy_cards(connection: psycopg.Connection, shop: Shop, made: Sequence[MadeCard], *, first_version: int) -> None:
    store_id = shop.stores["gare"]
    last_seen = SystemClock().now() - _LAST_SEEN
    with connection.cursor() as cursor, cursor.copy(_CARDS) as copy:
        for number, card in zip(count(), made, strict=False):
            stamps, ver = number % 10, first_version + number // _CARDS_OF_A_VERSION
            copy.write_row(
                (
                    *(shop.merchant_id, card.card_id, card.number, card.token, store_id, f"Customer {number}"),
                    *(stamps, stamps, 0, last_seen, False, ver),
                )
            )
