"""Search in the book: which cards may be meant by what was typed so far, the likeliest first.

Every look is the beginning of an indexed key, so that each takes a millisecond, however many cards there are.

What is found is a hint. The caller reads each card as it is now, and drops what its own open operations have changed.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from common.card_code import NUMBER_DIGITS
from common.ids import CardId
from desktop.store.search import keys, middle_digits

WORD_MIN: Final = 2
"""From how many characters on a search says anything."""
_LAST_GROUP: Final = 4
_COMMON: Final = 2_000
"""A word in so many names is common; nobody counts on."""
_PHONE_MIN: Final = 3

_DIGIT_MARKS: Final = frozenset("0123456789 -+()./")
_END: Final = "\U0010ffff"
"""Behind everything that begins with what stands before it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed, folded as the keys are. Texts that cannot be meant are empty.

    Attributes:
        digits: of a card's number.
        phones: beginnings of a phone number; more than one where digits may or may not begin with a country code.
    """

    digits: str = ""
    phones: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    email: str = ""

    @property
    def says_something(self) -> bool:
        return bool(self.digits or self.phones or self.words or self.email)


def wanted(text: str) -> Wanted:
    """Read what somebody typed, at any moment of the typing."""
    text = text.strip()
    if len(text) < WORD_MIN:
        return Wanted()
    digits = keys.digits(text) if _DIGIT_MARKS.issuperset(text) else ""
    if digits:
        long_enough = len(digits) >= WORD_MIN
        return Wanted(
            digits=digits if long_enough and len(digits) <= NUMBER_DIGITS and "+" not in text else "",
            phones=_phones(text, digits),
        )
    email = keys.email_key(text) or ""
    return Wanted(words=tuple(keys.fold(text).split()), email="" if " " in email else email)


def _phones(text: str, digits: str) -> tuple[str, ...]:
    readings = [keys.phone_key(text), keys.phone_key(f"+{digits}") if len(digits) > _PHONE_MIN else None]
    return tuple(dict.fromkeys(one for one in readings if one and len(one) >= _PHONE_MIN))


def likeliest(connection: sqlite3.Connection, wanted: Wanted, limit: int) -> Iterator[CardId]:
    """Cards that may be meant, the likeliest first, each once; looks no further than the caller reads on.

    `limit` is how many one look may bring.
    """
    seen: set[str] = set()
    for sql, values in _looks(connection, wanted):
        for (card_id,) in connection.execute(f"{sql} LIMIT ?", (*values, limit)).fetchall():
            if card_id not in seen:
                seen.add(card_id)
                yield CardId(UUID(card_id))


_NUMBER_ENDS: Final = (
    "SELECT card_id FROM synced_cards WHERE substr(number, 9) = ? AND number LIKE ? ORDER BY substr(number, 9)"
)
_LAST_GROUP_BEGINS: Final = (
    "SELECT card_id FROM synced_cards WHERE substr(number, 9) >= ? AND substr(number, 9) < ? ORDER BY substr(number, 9)"
)
_NUMBER_BEGINS: Final = "SELECT card_id FROM synced_cards WHERE number >= ? AND number < ? ORDER BY number"
_OWN: Final = "SELECT card_id FROM operations WHERE open = 1 AND"
_OWN_NUMBER_ENDS: Final = f"{_OWN} number IS NOT NULL AND substr(number, 9) LIKE ? AND number LIKE ?"
_OWN_NUMBER_HAS: Final = f"{_OWN} number IS NOT NULL AND instr(number, ?) > 0"
_NAME_KEYS: Final = ("name_key", "name_key_2", "name_key_3")


def _rarest(connection: sqlite3.Connection, words: tuple[str, ...]) -> str:
    """The word that the fewest names have: it is looked up, and the others only compared."""
    return min(words, key=lambda word: sum(_at_most(connection, key, word) for key in _NAME_KEYS))


def _at_most(connection: sqlite3.Connection, key: str, word: str) -> int:
    sql, values = _begins(key, word)
    (count,) = connection.execute(f"SELECT count(*) FROM ({sql} LIMIT {_COMMON})", values).fetchone()  # noqa: S608 - our own names
    return int(count)


def _looks(connection: sqlite3.Connection, wanted: Wanted) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What was begun here comes before its equals: who asks for it stood here a while ago."""
    digits = wanted.digits
    if digits:
        if len(digits) >= _LAST_GROUP:
            yield _OWN_NUMBER_ENDS, ("%", f"%{digits}")
            yield _NUMBER_ENDS, (digits[-_LAST_GROUP:], f"%{digits}")
        else:
            yield _OWN_NUMBER_ENDS, (f"{digits}%", "%")
            yield _LAST_GROUP_BEGINS, (digits, digits + _END)
        yield _NUMBER_BEGINS, (digits, digits + _END)
    for phone in wanted.phones:
        yield _own(f"\n {phone}")
        yield _begins("phone_key", phone)
    if wanted.words:
        yield _own(*(f" {word}" for word in wanted.words))
        for key in _NAME_KEYS:
            yield _begins(key, " ".join(wanted.words))
    if len(wanted.words) > 1:
        # Not in the order of the name. Counted only here: whoever reads no further waits for nothing.
        rarest = _rarest(connection, wanted.words)
        for key in _NAME_KEYS:
            yield _named(key, rarest, wanted.words)
    if wanted.email:
        yield _own(f"\n {wanted.email}")
        yield _begins("email_key", wanted.email)
    if digits:
        yield _OWN_NUMBER_HAS, (digits,)


def in_the_middle(connection: sqlite3.Connection, wanted: Wanted, limit: int) -> list[CardId]:
    """Cards whose number has these digits anywhere: what to ask for when there are no better candidates."""
    return [CardId(UUID(card_id)) for card_id in middle_digits.cards_with(connection, wanted.digits, limit)]


def _own(*texts: str) -> tuple[str, tuple[str, ...]]:
    """Cards begun here, by the one text of their keys: see `keys.own_key`."""
    has = " AND ".join("instr(found_by, ?) > 0" for _ in texts)
    # Named, because SQLite would rather read years of operations in the order asked for.
    own = _OWN.replace(" WHERE", " INDEXED BY operations_found_by WHERE")
    return f"{own} found_by IS NOT NULL AND {has} ORDER BY position DESC", texts


def _begins(key: str, text: str) -> tuple[str, tuple[str, ...]]:
    return (
        f"SELECT card_id FROM synced_cards WHERE {key} IS NOT NULL AND {key} >= ? AND {key} < ? ORDER BY {key}",  # noqa: S608 - our own names
        (text, text + _END),
    )


def _named(key: str, rarest: str, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Names with every one of the words, in any order."""
    sql, values = _begins(key, rarest)
    others = [word for word in words if word != rarest]
    where, order = sql.split(" ORDER BY ")
    has = "".join(f" AND instr(' ' || {key}, ?) > 0" for _ in others)
    return f"{where}{has} ORDER BY {order}", (*values, *(f" {word}" for word in others))
