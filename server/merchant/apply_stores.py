"""The stores of a shop file: those that are new, renamed, closed by being left out, or back again."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from common.entropy import new_uuid
from common.ids import MerchantId
from server.merchant.shop_file import ShopFile
from server.merchant.steps import Action, Change, Step, differences

_STORES: Final = text("""
SELECT store_id, slug, name, inactive_since FROM stores WHERE merchant_id = :merchant_id ORDER BY slug
""")
_CREATE: Final = text("""
INSERT INTO stores (merchant_id, store_id, slug, name, inactive_since, ver)
VALUES (:merchant_id, :store_id, :slug, :name, NULL, :ver)
""")
_CHANGE: Final = text("""
UPDATE stores SET name = :name, inactive_since = :inactive_since, ver = :ver
 WHERE merchant_id = :merchant_id AND store_id = :store_id
""")


def plan_stores(
    connection: Connection, merchant_id: MerchantId, shop: ShopFile, at: datetime
) -> tuple[Mapping[str, uuid.UUID], list[Step]]:
    """The ids of the file's stores by slug, and the steps that make the database's stores those of the file."""
    found = {row["slug"]: row for row in connection.execute(_STORES, {"merchant_id": merchant_id}).mappings()}
    ids: dict[str, uuid.UUID] = {}
    steps: list[Step] = []
    for store in shop.stores:
        row = found.pop(store.slug, None)
        ids[store.slug] = store_id = row["store_id"] if row else new_uuid(at)
        values = {"store_id": store_id, "name": store.name}
        if row is None:
            steps.append(Step(Change(Action.CREATED, "store", store.name), _CREATE, values | {"slug": store.slug}))
            continue
        detail = differences(dict(row), {"name": store.name})
        closed = row["inactive_since"] is not None
        if detail or closed:
            change = Change(Action.REOPENED if closed else Action.CHANGED, "store", store.name, detail)
            steps.append(Step(change, _CHANGE, values | {"inactive_since": None}))
    for row in found.values():
        if row["inactive_since"] is None:
            change = Change(Action.CLOSED, "store", row["name"])
            steps.append(
                Step(change, _CHANGE, {"store_id": row["store_id"], "name": row["name"], "inactive_since": at})
            )
    return ids, steps
