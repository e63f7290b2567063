"""Blank cards: made on the server, and printed as a sheet that any browser prints.

A blank card is a real card of the merchant, with nothing on it, before its sheet is printed. So its number and its QR
code belong together from the start, and every till finds it by either, offline too, as soon as it has pulled. No till
has to type a printed number, and nobody can print one that is taken.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, text

from common.card_code import (
    HUB_TILL_NUMBER,
    NUMBER_ENTROPY_MAX,
    TOKEN_ENTROPY_BYTES,
    CardNumber,
    make_number,
    make_token,
)
from common.clock import Clock
from common.entropy import new_uuid, random_bytes
from common.ids import CardId, MerchantId, StoreId
from server.operate.card_sheet import BlankCard, Sheet, draw_sheet
from server.store.cards import CardRow, CodeRow, insert_codes, read_code_holders, write_cards
from server.store.engine import in_transaction
from server.store.versions import next_version
from server.trouble import FileTrouble, NotPossible

CARDS_MAX: Final = 1_000
"""Of one sheet: a hundred pages. Whoever needs more prints another."""

_WORDS: Final = text("""
SELECT m.name AS merchant, p.name AS program, t.reward, t.stamps_target
  FROM merchants m
  JOIN programs p ON p.merchant_id = m.merchant_id
  JOIN terms t ON t.merchant_id = m.merchant_id
 WHERE m.merchant_id = :merchant_id
 ORDER BY t.version DESC
 LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Printed:
    """The numbers of the cards that were made, in the order of the sheet, and the merchant's new version."""

    numbers: tuple[CardNumber, ...]
    version: int


def draw_number() -> CardNumber:
    """Some number of the server's own block; a card may have it."""
    return make_number(HUB_TILL_NUMBER, int.from_bytes(random_bytes(8), "big") % NUMBER_ENTROPY_MAX)


def print_cards(
    engine: Engine,
    *,
    merchant_id: MerchantId,
    store_id: StoreId,
    count: int,
    file: Path,
    clock: Clock,
    draw: Callable[[], CardNumber] = draw_number,
) -> Printed:
    """Make `count` blank cards of a store and write their sheet to `file`.

    The sheet is on the disk before the cards are committed, under a name of its own, and gets `file`'s name after. So
    no sheet ever shows a card that does not exist. Raises NotPossible, FileTrouble and DatabaseBusy.
    """
    if not 1 <= count <= CARDS_MAX:
        raise NotPossible(f"A sheet has 1 to {CARDS_MAX} cards, not {count}.")
    if not _may_become_a_sheet(file):
        raise FileTrouble(f"The sheet {file} cannot be written: name a file in a folder that is there.")
    unfinished = file.with_name(f".{file.name}.unfinished")

    def work(connection: Connection) -> Printed:
        cards = _new_cards(connection, merchant_id, count, draw)
        words = connection.execute(_WORDS, {"merchant_id": merchant_id}).mappings().one()
        _write(unfinished, draw_sheet(Sheet(**words), cards))
        return Printed(tuple(card.number for card in cards), _keep(connection, merchant_id, store_id, cards, clock))

    try:
        printed = in_transaction(engine, work)
        unfinished.replace(file)
    except OSError as error:
        raise FileTrouble(f"The sheet {file} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return printed


def _may_become_a_sheet(file: Path) -> bool:
    """The finished sheet takes the place of what is there, so a device or a pipe must not be: it would be gone."""
    try:
        return file.parent.is_dir() and (file.is_file() or not file.exists())
    except OSError:
        return False


def _new_cards(
    connection: Connection, merchant_id: MerchantId, count: int, draw: Callable[[], CardNumber]
) -> list[BlankCard]:
    """Cards with numbers that no card has, and each once. Of tokens there are too many to meet one twice."""
    free: dict[CardNumber, None] = {}
    while len(free) < count:
        wanted = [draw() for _ in range(count - len(free))]
        taken = read_code_holders(connection, merchant_id, wanted)
        free |= dict.fromkeys(number for number in wanted if number not in taken)
    return [BlankCard(number, make_token(random_bytes(TOKEN_ENTROPY_BYTES))) for number in free]


def _keep(
    connection: Connection, merchant_id: MerchantId, store_id: StoreId, cards: list[BlankCard], clock: Clock
) -> int:
    at = clock.now()
    rows = [CardRow(CardId(new_uuid(at)), card.number, card.token, store_id) for card in cards]
    insert_codes(
        connection, merchant_id, [CodeRow(code, row.card_id) for row in rows for code in (row.number, row.token)]
    )
    version = next_version(connection, merchant_id)
    write_cards(connection, merchant_id, ver=version, rows=rows)
    return version


def _write(file: Path, content: str) -> None:
    with file.open("w", encoding="utf-8") as sheet:
        sheet.write(content)
        sheet.flush()
        os.fsync(sheet.fileno())
