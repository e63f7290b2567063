"""Digits from the middle of a card's number, without reading all numbers.

A number is the till's four digits, then eight. A book knows the numbers of a few tills, so what may stand before the
digits is a few texts, and each is a look at the numbers' index; digits that reach into the last four are looked up
from there. Only a shop whose old cards begin with anything has its numbers read through: 20 ms for 100,000 cards.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any, Final

from common.card_code import NUMBER_DIGITS

DIGITS_MIN: Final = 4
"""Three digits from anywhere are in every hundredth card."""
_TILL: Final = 4
_LAST_GROUP: Final = 8
"""Where the last four begin, counted from 0."""
_TILLS_MAX: Final = 64

_TILLS: Final = f"""
    WITH RECURSIVE tills (digits) AS (
        SELECT substr(min(number), 1, {_TILL}) FROM synced_cards
        UNION ALL
        SELECT (SELECT substr(min(number), 1, {_TILL}) FROM synced_cards WHERE number > tills.digits || 'a')
        FROM tills WHERE tills.digits IS NOT NULL)
    SELECT digits FROM tills WHERE digits IS NOT NULL LIMIT {_TILLS_MAX + 1}
"""  # noqa: S608 - constants
_BEGINS: Final = "SELECT card_id FROM synced_cards WHERE number >= ? AND number < ? || 'a' LIMIT ?"
_ENDS: Final = """
    SELECT card_id FROM synced_cards
    WHERE substr(number, 9) >= ? AND substr(number, 9) < ? || 'a' AND substr(number, ?, ?) = ? LIMIT ?
"""
# Named, because SQLite would read the table through instead: ten times as much.
_ALL: Final = "SELECT card_id FROM synced_cards INDEXED BY synced_cards_number WHERE instr(number, ?) > 1 LIMIT ?"


def cards_with(connection: sqlite3.Connection, digits: str, limit: int) -> list[str]:
    """Ids of cards whose number has `digits` behind its first and before its last digit; at most `limit`."""
    if not DIGITS_MIN <= len(digits) < NUMBER_DIGITS:
        return []
    tills = [till for (till,) in connection.execute(_TILLS)]
    if len(tills) > _TILLS_MAX:
        return [card_id for (card_id,) in connection.execute(_ALL, (digits, limit))]
    found: dict[str, None] = {}
    for sql, values in _looks(tills, digits):
        found |= dict.fromkeys(card_id for (card_id,) in connection.execute(sql, (*values, limit - len(found))))
        if len(found) >= limit:
            break
    return list(found)


def _looks(tills: list[str], digits: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for till in tills:
        for begin in _beginnings(till, digits):
            if len(begin) <= NUMBER_DIGITS:
                yield _BEGINS, (begin, begin)
    for start in range(_TILL + 2, _LAST_GROUP):
        of_last = digits[_LAST_GROUP - start :]
        if start + len(digits) <= NUMBER_DIGITS:
            yield _ENDS, (of_last, of_last, start + 1, len(digits), digits)


def _beginnings(till: str, digits: str) -> Iterator[str]:
    """How a number of this till begins that has the digits from its second to its sixth place on."""
    for start in range(1, _TILL):
        of_till = _TILL - start
        if digits.startswith(till[start:]):
            yield till + digits[of_till:]
    yield till + digits
    yield from (f"{till}{between}{digits}" for between in range(10))
