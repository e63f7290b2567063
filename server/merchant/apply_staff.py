"""The staff of a shop file.

A person is known by name. Role and stores of a row are never edited, because what was done under them is judged by
them: a change ends the row and begins another, with the PIN carried over. A PIN is compared with its stored hash; an
unchanged one keeps salt and hash, so that the tills' verifiers stay as they are.
"""

import hmac
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, text

from common.entropy import new_uuid, random_bytes
from common.ids import MerchantId
from common.pin import SALT_BYTES, PinCost, hash_pin
from common.terms import PinPolicy
from server.merchant.shop_file import ShopFile, StaffSection
from server.merchant.steps import Action, Change, Step
from server.trouble import ShopFileTrouble

_STAFF: Final = text("""
SELECT staff_id, name, role, store_ids, salt, time_cost, memory_kib, parallelism, pin_hash
  FROM staff
 WHERE merchant_id = :merchant_id AND inactive_since IS NULL
 ORDER BY name
""")
_STORE_SLUGS: Final = text("SELECT store_id, slug FROM stores WHERE merchant_id = :merchant_id")
_CREATE: Final = text("""
INSERT INTO staff (merchant_id, staff_id, name, role, store_ids, salt, time_cost, memory_kib, parallelism, pin_hash,
                   inactive_since, ver)
VALUES (:merchant_id, :staff_id, :name, :role, CAST(:store_ids AS uuid[]), :salt, :time_cost, :memory_kib,
        :parallelism, :pin_hash, NULL, :ver)
""")
_END: Final = text("""
UPDATE staff SET inactive_since = :at, ver = :ver WHERE merchant_id = :merchant_id AND staff_id = :staff_id
""")
_SET_PIN: Final = text("""
UPDATE staff
   SET salt = :salt, time_cost = :time_cost, memory_kib = :memory_kib, parallelism = :parallelism,
       pin_hash = :pin_hash, ver = :ver
 WHERE merchant_id = :merchant_id AND staff_id = :staff_id
""")

_PIN_COLUMNS: Final = ("salt", "time_cost", "memory_kib", "parallelism", "pin_hash")
_NO_PIN: Final[Mapping[str, Any]] = dict.fromkeys(_PIN_COLUMNS)


def plan_staff(
    connection: Connection,
    merchant_id: MerchantId,
    shop: ShopFile,
    at: datetime,
    *,
    store_ids: Mapping[str, uuid.UUID],
    cost: PinCost,
    file_name: str,
) -> list[Step]:
    """The steps that make the active staff those of the file.

    Raises ShopFileTrouble when somebody has no PIN, neither in the file nor from before, and the terms require one.
    """
    found = {row["name"]: row for row in connection.execute(_STAFF, {"merchant_id": merchant_id}).mappings()}
    if shop.terms.pin_policy is PinPolicy.REQUIRED:
        _require_pins(shop, found, file_name)
    slugs = {row.store_id: row.slug for row in connection.execute(_STORE_SLUGS, {"merchant_id": merchant_id})}
    slugs |= {store_id: slug for slug, store_id in store_ids.items()}
    steps: list[Step] = []
    for person in shop.staff:
        row = found.pop(person.name, None)
        wanted = None if person.stores is None else {store_ids[slug] for slug in person.stores}
        steps += _begin(person, wanted, at, cost) if row is None else _follow(person, wanted, row, at, cost, slugs)
    for row in found.values():
        gone = Change(Action.CLOSED, "staff", row["name"], "left out of the file")
        steps.append(Step(gone, _END, {"staff_id": row["staff_id"], "at": at}))
    return steps


def _require_pins(shop: ShopFile, found: Mapping[str, RowMapping], file_name: str) -> None:
    without = [
        person.name
        for person in shop.staff
        if person.pin is None and (person.name not in found or found[person.name]["pin_hash"] is None)
    ]
    if without:
        problems = (f'staff "{name}" has no pin, and pin_policy is "required"' for name in without)
        raise ShopFileTrouble(file_name, tuple(problems))


def _begin(person: StaffSection, stores: set[uuid.UUID] | None, at: datetime, cost: PinCost) -> list[Step]:
    pin = _NO_PIN if person.pin is None else _hashed(person.pin, cost)
    return [
        Step(Change(Action.CREATED, "staff", person.name, str(person.role)), _CREATE, _row(person, stores, at, pin))
    ]


def _follow(
    person: StaffSection,
    stores: set[uuid.UUID] | None,
    row: RowMapping,
    at: datetime,
    cost: PinCost,
    slugs: Mapping[uuid.UUID, str],
) -> list[Step]:
    stores_before = None if row["store_ids"] is None else set(row["store_ids"])
    pin = {name: row[name] for name in _PIN_COLUMNS}
    details = []
    if row["role"] != person.role:
        details.append(f"{row['role']} → {person.role}")
    if stores_before != stores:
        details.append(f"{_in_words(stores_before, slugs)} → {_in_words(stores, slugs)}")
    ends = bool(details)
    if person.pin is not None and not _is_same(person.pin, row):
        pin = _hashed(person.pin, cost)
        details.append("another PIN" if row["pin_hash"] is not None else "a PIN")
    change = Change(Action.CHANGED, "staff", person.name, ", ".join(details))
    if ends:
        end = Step(None, _END, {"staff_id": row["staff_id"], "at": at})
        return [end, Step(change, _CREATE, _row(person, stores, at, pin))]
    return [Step(change, _SET_PIN, pin | {"staff_id": row["staff_id"]})] if details else []


def _row(person: StaffSection, stores: set[uuid.UUID] | None, at: datetime, pin: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "staff_id": new_uuid(at),
        "name": person.name,
        "role": person.role,
        "store_ids": None if stores is None else sorted(stores),
        **pin,
    }


def _hashed(pin: str, cost: PinCost) -> dict[str, Any]:
    salt = random_bytes(SALT_BYTES)
    return {
        "salt": salt,
        "time_cost": cost.time_cost,
        "memory_kib": cost.memory_kib,
        "parallelism": cost.parallelism,
        "pin_hash": hash_pin(pin, salt, cost),
    }


def _is_same(pin: str, row: RowMapping) -> bool:
    if row["pin_hash"] is None:
        return False
    cost = PinCost(row["time_cost"], row["memory_kib"], row["parallelism"])
    return hmac.compare_digest(hash_pin(pin, row["salt"], cost), row["pin_hash"])


def _in_words(stores: set[uuid.UUID] | None, slugs: Mapping[uuid.UUID, str]) -> str:
    return "every store" if stores is None else ", ".join(sorted(slugs[store_id] for store_id in stores))
