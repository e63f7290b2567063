"""From the wire's rows to the tuples of the synced tables, in the order of their columns."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from common.times import to_micros
from common.wire.pull import Changes, RemovedRow, StaffRow
from desktop.store.search.keys import email_key, name_keys, phone_key

Row = tuple[Any, ...]

COLUMNS: Final = {
    "merchant": "merchant_id, name, offline_days_max, pin_attempts_max, pin_lock_minutes, ver",
    "program": "program_id, name, inactive_since, ver",
    "stores": "store_id, name, ver",
    "terms": (
        "version, stamps_target, reward, cooldown_minutes, daily_limit, visit_limit, stamps_enabled, timezone, "
        "day_starts_at, pin_policy, allow_voids, void_days_max, cross_store_redemption, offline_redemption, ver"
    ),
    "staff": (
        "staff_id, name, role, store_ids, salt, time_cost, memory_kib, parallelism, verifier, inactive_since, ver"
    ),
    "cards": (
        "card_id, number, token, store_id, name, phone, email, stamp_count, lifetime_stamps, redemptions, "
        "last_stamp_at, last_redemption_at, inactive_since, carried_over, ver, "
        "name_key, name_key_2, name_key_3, phone_key, email_key"
    ),
    "aliases": "card_id, merged_into, ver",
    "transactions": (
        "key, card_id, store_id, till_id, staff_id, kind, delta, balance_after, original, shortfall, reward, "
        "event_time, business_date, ver"
    ),
}
"""The kinds of synced rows and their columns. The first column is what a row is known by."""

_REMOVED_NAMES: Final = {
    **{kind: kind for kind in COLUMNS},
    **{"store": "stores", "card": "cards", "alias": "aliases", "transaction": "transactions"},
}


def rows_of(changes: Changes) -> dict[str, Iterator[Row]]:
    """For each kind, its rows as tuples; made one by one, so that a page is never held twice."""
    return {
        "merchant": (
            (str(row.id), row.name, row.offline_days_max, row.pin_attempts_max, row.pin_lock_minutes, row.ver)
            for row in changes.merchant
        ),
        "program": ((str(row.id), row.name, _micros(row.inactive_since), row.ver) for row in changes.program),
        "stores": ((str(row.id), row.name, row.ver) for row in changes.stores),
        "terms": (
            (
                row.version,
                row.stamps_target,
                row.reward,
                row.cooldown_minutes,
                row.daily_limit,
                row.visit_limit,
                row.stamps_enabled,
                row.timezone,
                row.day_starts_at.isoformat(),
                row.pin_policy.value,
                row.allow_voids,
                row.void_days_max,
                row.cross_store_redemption,
                row.offline_redemption.value,
                row.ver,
            )
            for row in changes.terms
        ),
        "staff": (_staff(row) for row in changes.staff),
        "cards": (
            (
                str(row.id),
                row.number,
                row.token,
                str(row.store_id),
                row.name,
                row.phone,
                row.email,
                row.stamp_count,
                row.lifetime_stamps,
                row.redemptions,
                _micros(row.last_stamp_at),
                _micros(row.last_redemption_at),
                _micros(row.inactive_since),
                row.carried_over,
                row.ver,
                *name_keys(row.name),
                phone_key(row.phone),
                email_key(row.email),
            )
            for row in changes.cards
        ),
        "aliases": ((str(row.card_id), str(row.merged_into), row.ver) for row in changes.aliases),
        "transactions": (
            (
                str(row.key),
                str(row.card_id),
                str(row.store_id),
                _text(row.till_id),
                _text(row.staff_id),
                row.kind.value,
                row.delta,
                row.balance_after,
                _text(row.original),
                row.shortfall,
                row.reward,
                to_micros(row.event_time),
                row.business_date.isoformat(),
                row.ver,
            )
            for row in changes.transactions
        ),
    }


def removed_kind(row: RemovedRow) -> str | None:
    """Which kind of synced rows a removal is about; None for a kind of a newer server's."""
    return _REMOVED_NAMES.get(row.kind)


def _staff(row: StaffRow) -> Row:
    cost = row.cost
    return (
        str(row.id),
        row.name,
        row.role.value,
        None if row.store_ids is None else json.dumps([str(store_id) for store_id in row.store_ids]),
        row.salt,
        cost and cost.time_cost,
        cost and cost.memory_kib,
        cost and cost.parallelism,
        row.verifier,
        _micros(row.inactive_since),
        row.ver,
    )


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
