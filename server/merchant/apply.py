"""Applies a shop file: a merchant is created, or brought up to what the file says.

First every difference is planned, then all are written under one new version of the merchant, in one transaction. The
same file applied again finds no difference and writes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, RowMapping, text

from common.clock import Clock
from common.entropy import new_uuid
from common.ids import MerchantId
from common.pin import PinCost
from common.terms import OfflineRedemption, PinPolicy, Terms
from server.merchant.apply_staff import plan_staff
from server.merchant.apply_stores import plan_stores
from server.merchant.names import merchant_id_of
from server.merchant.shop_file import ShopFile
from server.merchant.steps import Action, Change, Step, differences
from server.store.engine import in_transaction
from server.store.versions import next_version

# One file at a time for each merchant. A row lock could not say so for a merchant that is not there yet.
TAKE_TURNS: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:merchant_id AS text), 0))")

_MERCHANT: Final = text("""
SELECT name, offline_days_max, pin_attempts_max, pin_lock_minutes, log_ip
  FROM merchants
 WHERE merchant_id = :merchant_id
""")
_CREATE_MERCHANT: Final = text("""
INSERT INTO merchants (merchant_id, slug, name, offline_days_max, pin_attempts_max, pin_lock_minutes, log_ip, ver)
VALUES (:merchant_id, :slug, :name, :offline_days_max, :pin_attempts_max, :pin_lock_minutes, :log_ip, 1)
""")
_CREATE_COUNTER: Final = text("INSERT INTO merchant_versions (merchant_id, ver) VALUES (:merchant_id, 0)")
_CHANGE_MERCHANT: Final = text("""
UPDATE merchants
   SET name = :name, offline_days_max = :offline_days_max, pin_attempts_max = :pin_attempts_max,
       pin_lock_minutes = :pin_lock_minutes, log_ip = :log_ip, ver = :ver
 WHERE merchant_id = :merchant_id
""")

_PROGRAM: Final = text("SELECT program_id, name, inactive_since FROM programs WHERE merchant_id = :merchant_id")
_CREATE_PROGRAM: Final = text("""
INSERT INTO programs (merchant_id, program_id, name, inactive_since, ver)
VALUES (:merchant_id, :program_id, :name, :inactive_since, :ver)
""")
_CHANGE_PROGRAM: Final = text("""
UPDATE programs SET name = :name, inactive_since = :inactive_since, ver = :ver
 WHERE merchant_id = :merchant_id AND program_id = :program_id
""")

_LATEST_TERMS: Final = text("SELECT * FROM terms WHERE merchant_id = :merchant_id ORDER BY version DESC LIMIT 1")
_TERMS_FROM: Final = text("SELECT terms_from FROM merchant_versions WHERE merchant_id = :merchant_id")
_ADD_TERMS: Final = text("""
INSERT INTO terms (merchant_id, version, stamps_target, reward, cooldown_minutes, daily_limit, visit_limit,
                   stamps_enabled, timezone, day_starts_at, pin_policy, allow_voids, void_days_max,
                   cross_store_redemption, offline_redemption, ver)
VALUES (:merchant_id, :version, :stamps_target, :reward, :cooldown_minutes, :daily_limit, :visit_limit,
        :stamps_enabled, :timezone, :day_starts_at, :pin_policy, :allow_voids, :void_days_max,
        :cross_store_redemption, :offline_redemption, :ver)
""")


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a shop file. `version` is the merchant's new version; None when nothing had to change."""

    merchant_id: MerchantId
    slug: str
    name: str
    version: int | None
    changes: tuple[Change, ...]


def apply_shop_file(
    engine: Engine, shop: ShopFile, clock: Clock, *, file_name: str, pin_cost: PinCost | None = None
) -> Applied:
    """Make the database say what `shop` says, all of it or nothing.

    Raises ShopFileTrouble for what only the database can tell (a new member of staff without a PIN), and DatabaseBusy.
    """

    def work(connection: Connection) -> Applied:
        merchant_id = merchant_id_of(shop.merchant.slug)
        connection.execute(TAKE_TURNS, {"merchant_id": merchant_id})
        found = connection.execute(_MERCHANT, {"merchant_id": merchant_id}).mappings().first()
        at = clock.now()
        steps = [
            *_plan_merchant(shop, found),
            *_plan_program(connection, merchant_id, shop, at),
            *_plan_terms(connection, merchant_id, shop),
        ]
        store_ids, store_steps = plan_stores(connection, merchant_id, shop, at)
        staff_steps = plan_staff(
            connection, merchant_id, shop, at, store_ids=store_ids, cost=pin_cost or PinCost(), file_name=file_name
        )
        version = _write(connection, merchant_id, [*steps, *store_steps, *staff_steps], new=found is None)
        changes = tuple(step.change for step in (*steps, *store_steps, *staff_steps) if step.change is not None)
        return Applied(merchant_id, shop.merchant.slug, shop.merchant.name, version, changes)

    return in_transaction(engine, work)


def _write(connection: Connection, merchant_id: MerchantId, steps: list[Step], *, new: bool) -> int | None:
    if not steps:
        return None
    if new:
        # The counter that hands out the first version hangs on the merchant's own row, so these two come before it.
        connection.execute(steps[0].statement, {"merchant_id": merchant_id, **steps[0].values})
        connection.execute(_CREATE_COUNTER, {"merchant_id": merchant_id})
    version = next_version(connection, merchant_id)
    for step in steps[1:] if new else steps:
        connection.execute(step.statement, {"merchant_id": merchant_id, "ver": version, **step.values})
    return version


def _plan_merchant(shop: ShopFile, found: RowMapping | None) -> list[Step]:
    section = shop.merchant
    wanted = section.model_dump(exclude={"slug"})
    if found is None:
        change = Change(Action.CREATED, "merchant", section.name)
        return [Step(change, _CREATE_MERCHANT, wanted | {"slug": section.slug})]
    detail = differences(dict(found), wanted)
    return [Step(Change(Action.CHANGED, "merchant", section.name, detail), _CHANGE_MERCHANT, wanted)] if detail else []


def _plan_program(connection: Connection, merchant_id: MerchantId, shop: ShopFile, at: datetime) -> list[Step]:
    section = shop.program
    found = connection.execute(_PROGRAM, {"merchant_id": merchant_id}).mappings().first()
    if found is None:
        values = {
            "program_id": new_uuid(at),
            "name": section.name,
            "inactive_since": at if section.inactive else None,
        }
        return [Step(Change(Action.CREATED, "program", section.name), _CREATE_PROGRAM, values)]
    was_inactive = found["inactive_since"] is not None
    if (found["name"], was_inactive) == (section.name, section.inactive):
        return []
    action = Action.CHANGED
    if was_inactive != section.inactive:
        action = Action.CLOSED if section.inactive else Action.REOPENED
    # Closed before and still: it keeps the moment, by which what tills send late is judged.
    inactive_since = (found["inactive_since"] or at) if section.inactive else None
    values = {"program_id": found["program_id"], "name": section.name, "inactive_since": inactive_since}
    change = Change(action, "program", section.name, differences(dict(found), {"name": section.name}))
    return [Step(change, _CHANGE_PROGRAM, values)]


def _plan_terms(connection: Connection, merchant_id: MerchantId, shop: ShopFile) -> list[Step]:
    wanted = shop.terms.model_dump()
    found = connection.execute(_LATEST_TERMS, {"merchant_id": merchant_id}).mappings().first()
    if found is None:
        return [Step(Change(Action.CREATED, "terms", "version 1"), _ADD_TERMS, wanted | {"version": 1})]
    latest = _terms_of(found)
    # After the data went back in time the numbers go on beyond those that were given then.
    version = max(latest.version + 1, connection.scalar(_TERMS_FROM, {"merchant_id": merchant_id}) or 1)
    if shop.terms.terms(latest.version) == latest:
        return []
    before = {name: getattr(latest, name) for name in wanted}
    change = Change(Action.CREATED, "terms", f"version {version}", differences(before, wanted))
    return [Step(change, _ADD_TERMS, wanted | {"version": version})]


def _terms_of(row: RowMapping) -> Terms:
    values: dict[str, Any] = {name: value for name, value in row.items() if name not in ("merchant_id", "ver")}
    values["pin_policy"] = PinPolicy(row["pin_policy"])
    values["offline_redemption"] = OfflineRedemption(row["offline_redemption"])
    return Terms(**values)
