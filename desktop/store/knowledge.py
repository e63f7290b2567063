"""What a till knows of itself and its shop: merchant, program, stores, terms, staff. Every act reads it, few change it.

It is therefore kept in memory, and read again when `pages_applied` has moved: see `fresh`.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from common.ids import StaffId, StoreId, TillId
from common.pin import PinCost
from common.rules.standing import Role, StaffStanding
from common.terms import OfflineRedemption, PinPolicy, Terms
from common.times import from_micros
from desktop.trouble import NotEnrolled, NotSyncedYet


@dataclass(frozen=True, slots=True)
class PinCheck:
    """What a PIN is checked with."""

    salt: bytes
    cost: PinCost
    verifier: bytes


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person of the shop; `pin` is None for somebody without one."""

    name: str
    standing: StaffStanding
    pin: PinCheck | None

    @property
    def id(self) -> StaffId:
        return self.standing.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The till and its shop as of the synced rows numbered `pages_applied`. `terms` are the newest."""

    pages_applied: int
    till_id: TillId
    till_number: int
    store_id: StoreId
    merchant_name: str
    offline_days_max: int
    pin_attempts_max: int
    pin_lock_minutes: int
    program_name: str
    program_inactive_since: datetime | None
    stores: dict[StoreId, str]
    terms: Terms
    staff: dict[StaffId, StaffMember]


def fresh(connection: sqlite3.Connection, kept: Knowledge | None, pages_applied: int) -> Knowledge:
    """`kept` while it is still what the synced rows say, else what they say now. Raises NotSyncedYet."""
    if kept is not None and kept.pages_applied == pages_applied:
        return kept
    return read(connection, pages_applied)


def read(connection: sqlite3.Connection, pages_applied: int) -> Knowledge:
    """Read everything. Raises NotEnrolled, and NotSyncedYet before the first snapshot is whole."""
    own = connection.execute("SELECT till_id, till_number, store_id FROM book").fetchone()
    if own is None:
        raise NotEnrolled
    merchant = connection.execute(
        "SELECT name, offline_days_max, pin_attempts_max, pin_lock_minutes FROM synced_merchant"
    ).fetchone()
    program = connection.execute("SELECT name, inactive_since FROM synced_program").fetchone()
    terms = connection.execute(
        """
        SELECT version, stamps_target, reward, cooldown_minutes, daily_limit, visit_limit, stamps_enabled, timezone,
               day_starts_at, pin_policy, allow_voids, void_days_max, cross_store_redemption, offline_redemption
        FROM synced_terms ORDER BY version DESC LIMIT 1
        """
    ).fetchone()
    if merchant is None or program is None or terms is None:
        raise NotSyncedYet
    stores = connection.execute("SELECT store_id, name FROM synced_stores")
    staff = connection.execute(
        """
        SELECT staff_id, name, role, store_ids, inactive_since, salt, time_cost, memory_kib, parallelism, verifier
        FROM synced_staff ORDER BY name
        """
    )
    members = [_member(row) for row in staff]
    return Knowledge(
        pages_applied=pages_applied,
        till_id=TillId(UUID(own[0])),
        till_number=own[1],
        store_id=StoreId(UUID(own[2])),
        merchant_name=merchant[0],
        offline_days_max=merchant[1],
        pin_attempts_max=merchant[2],
        pin_lock_minutes=merchant[3],
        program_name=program[0],
        program_inactive_since=None if program[1] is None else from_micros(program[1]),
        stores={StoreId(UUID(store_id)): name for store_id, name in stores},
        terms=_terms(terms),
        staff={member.id: member for member in members},
    )


def _terms(row: tuple[Any, ...]) -> Terms:
    return Terms(
        version=row[0],
        stamps_target=row[1],
        reward=row[2],
        cooldown_minutes=row[3],
        daily_limit=row[4],
        visit_limit=row[5],
        stamps_enabled=bool(row[6]),
        timezone=row[7],
        day_starts_at=time.fromisoformat(row[8]),
        pin_policy=PinPolicy(row[9]),
        allow_voids=bool(row[10]),
        void_days_max=row[11],
        cross_store_redemption=bool(row[12]),
        offline_redemption=OfflineRedemption(row[13]),
    )


def _member(row: tuple[Any, ...]) -> StaffMember:
    staff_id, name, role, store_ids, inactive_since, salt, time_cost, memory_kib, parallelism, verifier = row
    standing = StaffStanding(
        id=StaffId(UUID(staff_id)),
        role=Role(role),
        store_ids=None if store_ids is None else frozenset(StoreId(UUID(one)) for one in json.loads(store_ids)),
        inactive_since=None if inactive_since is None else from_micros(inactive_since),
    )
    pin = None
    if salt is not None and verifier is not None and time_cost is not None:
        pin = PinCheck(salt, PinCost(time_cost, memory_kib, parallelism), verifier)
    return StaffMember(name, standing, pin)
