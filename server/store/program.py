"""What a merchant decided: terms and staff, as the rules read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from common.ids import StaffId, StoreId
from common.rules.standing import Role, StaffStanding
from common.terms import OfflineRedemption, PinPolicy, Terms
from server.store.tills import Till

_TERMS = text("""
SELECT t.version, t.stamps_target, t.reward, t.cooldown_minutes, t.daily_limit, t.visit_limit, t.stamps_enabled,
       t.timezone, t.day_starts_at, t.pin_policy, t.allow_voids, t.void_days_max, t.cross_store_redemption,
       t.offline_redemption, p.pulled_at
  FROM terms t
  LEFT JOIN till_terms p ON p.merchant_id = t.merchant_id AND p.till_id = :till_id AND p.version = t.version
 WHERE t.merchant_id = :merchant_id
 ORDER BY t.version
""")

_STAFF = text("""
SELECT staff_id, role, store_ids, inactive_since
  FROM staff
 WHERE merchant_id = :merchant_id AND staff_id = ANY(:staff_ids)
""")


@dataclass(frozen=True, slots=True)
class TermsHistory:
    """Every version of the terms, and since when one till has had each."""

    versions: dict[int, Terms]
    pulled: tuple[tuple[int, datetime], ...]

    def in_force(self, named: int, event_time: datetime) -> Terms | None:
        """The terms to judge by: the version named, but none older than the till had pulled before the event time.

        Versions are given without gaps, but where the data went back in time: for one that was lost then the next that
        was made stands in. None for a version that does not exist yet.
        """
        if named not in self.versions:
            named = min((version for version in self.versions if version > named), default=0)
            if not named:
                return None
        known = [version for version, pulled_at in self.pulled if pulled_at < event_time]
        return self.versions[max([named, *known])]


def read_terms(connection: Connection, till: Till) -> TermsHistory:
    versions: dict[int, Terms] = {}
    pulled: list[tuple[int, datetime]] = []
    asked = {"merchant_id": till.merchant_id, "till_id": till.till_id}
    for row in connection.execute(_TERMS, asked).mappings():
        values = dict(row)
        pulled_at = values.pop("pulled_at")
        terms = Terms(
            **values
            | {
                "pin_policy": PinPolicy(row["pin_policy"]),
                "offline_redemption": OfflineRedemption(row["offline_redemption"]),
            }
        )
        versions[terms.version] = terms
        if pulled_at is not None:
            pulled.append((terms.version, pulled_at))
    return TermsHistory(versions, tuple(pulled))


def read_staff(connection: Connection, till: Till, staff_ids: Iterable[StaffId]) -> dict[StaffId, StaffStanding]:
    asked = {"merchant_id": till.merchant_id, "staff_ids": list(staff_ids)}
    return {
        row.staff_id: StaffStanding(
            id=row.staff_id,
            role=Role(row.role),
            store_ids=None if row.store_ids is None else frozenset(StoreId(store_id) for store_id in row.store_ids),
            inactive_since=row.inactive_since,
        )
        for row in connection.execute(_STAFF, asked)
    }
