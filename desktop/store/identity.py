"""Who this till is, and how far it is in step with the server: the one row of `book`."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from common.ids import MerchantId, StoreId, TillId
from common.times import from_micros, to_micros
from common.wire.enrol import EnrolResponse
from desktop.store.contact import Contact
from desktop.trouble import NotEnrolled


class SecretsPlace(StrEnum):
    """Where the till's token and PIN key are kept. Chosen when the till is enrolled."""

    KEYRING = "keyring"
    FILE = "file"


class Enrolment(StrEnum):
    """What the server last said of this till. None of them stops the work on this till."""

    ENROLLED = "enrolled"
    MUST_ENROL_AGAIN = "must_enrol_again"
    UPDATE_NEEDED = "update_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The till as the book knows it.

    Attributes:
        till_number: the block of card numbers that this till makes numbers from.
        epoch, next_seq: the numbering of the queue; `next_seq` is what the next operation gets.
        cursor: what the next pull asks with; None asks for a snapshot.
        synced_ver: the merchant's version that the synced rows have reached.
        pages_applied: changes with every change of a synced row and every enrolment; what was read of either is good as
            long as it stays.
        verifiers_void: the synced staff still carries verifiers of a PIN key that was replaced; no PIN can match them.
        offline_since: when the server was last found out of reach; None while it answers.
        token_since: since when it has its token; None where an older program did not note it.
    """

    till_id: TillId
    till_name: str
    till_number: int
    store_id: StoreId
    store_name: str
    merchant_id: MerchantId
    merchant_name: str
    server_url: str
    secrets_place: SecretsPlace
    enrolment: Enrolment
    epoch: int
    next_seq: int
    incarnation: str
    cursor: str | None
    synced_ver: int
    pages_applied: int
    verifiers_void: bool
    contact: Contact
    last_push_at: datetime | None
    last_pull_at: datetime | None
    offline_since: datetime | None
    token_since: datetime | None


_COLUMNS: Final = """
    till_id, till_name, till_number, store_id, store_name, merchant_id, merchant_name, server_url, secrets_place,
    standing, epoch, next_seq, incarnation, coalesce(staging_cursor, cursor), synced_ver, pages_applied,
    verifiers_void, contact_server_time, contact_wall_time, contact_uptime_ms, contact_boot_id,
    last_push_at, last_pull_at, offline_since, token_since
"""


def find(connection: sqlite3.Connection) -> Identity | None:
    """The till's identity; None before it is enrolled."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM book").fetchone()  # noqa: S608 - a constant
    if row is None:
        return None
    return Identity(
        till_id=TillId(UUID(row[0])),
        till_name=row[1],
        till_number=row[2],
        store_id=StoreId(UUID(row[3])),
        store_name=row[4],
        merchant_id=MerchantId(UUID(row[5])),
        merchant_name=row[6],
        server_url=row[7],
        secrets_place=SecretsPlace(row[8]),
        enrolment=Enrolment(row[9]),
        epoch=row[10],
        next_seq=row[11],
        incarnation=row[12],
        cursor=row[13],
        synced_ver=row[14],
        pages_applied=row[15],
        verifiers_void=bool(row[16]),
        contact=Contact(from_micros(row[17]), from_micros(row[18]), row[19], row[20]),
        last_push_at=_moment(row[21]),
        last_pull_at=_moment(row[22]),
        offline_since=_moment(row[23]),
        token_since=_moment(row[24]),
    )


def load(connection: sqlite3.Connection) -> Identity:
    """The till's identity. Raises NotEnrolled."""
    identity = find(connection)
    if identity is None:
        raise NotEnrolled
    return identity


def save_enrolment(
    connection: sqlite3.Connection,
    answer: EnrolResponse,
    *,
    server_url: str,
    secrets_place: SecretsPlace,
    contact: Contact,
) -> None:
    """Record what the server answered to an enrolment, for a new till or one that is enrolled again.

    The queue stays. The next pull is a snapshot, because the verifiers in the old rows belong to the old PIN key; until
    it is whole the old rows serve. Call `numbering.renumber` with the answer's epoch in the same transaction.
    """
    connection.execute(
        """
        INSERT INTO book (id, till_id, till_name, till_number, store_id, store_name, merchant_id, merchant_name,
                          server_url, secrets_place, epoch, incarnation,
                          contact_server_time, contact_wall_time, contact_uptime_ms, contact_boot_id, token_since)
        VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
            till_id = excluded.till_id, till_name = excluded.till_name, till_number = excluded.till_number,
            store_id = excluded.store_id, store_name = excluded.store_name,
            merchant_id = excluded.merchant_id, merchant_name = excluded.merchant_name,
            server_url = excluded.server_url, secrets_place = excluded.secrets_place,
            incarnation = excluded.incarnation,
            standing = 'enrolled', verifiers_void = 1, pages_applied = pages_applied + 1,
            cursor = NULL, staging_cursor = NULL, staging_incarnation = NULL,
            contact_server_time = excluded.contact_server_time, contact_wall_time = excluded.contact_wall_time,
            contact_uptime_ms = excluded.contact_uptime_ms, contact_boot_id = excluded.contact_boot_id,
            token_since = excluded.token_since
        """,
        (
            str(answer.till.id),
            answer.till.name,
            answer.till.number,
            str(answer.store.id),
            answer.store.name,
            str(answer.merchant.id),
            answer.merchant.name,
            server_url,
            secrets_place.value,
            answer.epoch,
            answer.incarnation,
            to_micros(contact.server_time),
            to_micros(contact.wall_time),
            contact.uptime_ms,
            contact.boot_id,
            to_micros(contact.server_time),
        ),
    )


def record_token(connection: sqlite3.Connection, at: datetime) -> None:
    """The till has a new token."""
    connection.execute("UPDATE book SET token_since = ?", (to_micros(at),))


def set_enrolment(connection: sqlite3.Connection, enrolment: Enrolment) -> None:
    """Record what the server last said of this till."""
    connection.execute("UPDATE book SET standing = ? WHERE standing <> ?", (enrolment.value, enrolment.value))


def record_offline(connection: sqlite3.Connection, since: datetime) -> None:
    """The server is out of reach. The first moment of it stays until `contact.record` ends it."""
    connection.execute("UPDATE book SET offline_since = coalesce(offline_since, ?)", (to_micros(since),))


def record_push(connection: sqlite3.Connection, at: datetime) -> None:
    connection.execute("UPDATE book SET last_push_at = ?", (to_micros(at),))


def record_pull(connection: sqlite3.Connection, at: datetime) -> None:
    connection.execute("UPDATE book SET last_pull_at = ?", (to_micros(at),))


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
