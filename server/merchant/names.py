"""How people name a merchant, a store or a till on the command line, and what that means in the database."""

import uuid
from typing import Final

from sqlalchemy import Connection, text

from common.ids import MerchantId, StoreId
from server.trouble import NotFound, NotPossible

# A merchant's id follows from its slug, so that a slug is unique without a constraint across merchants.
_SLUGS: Final = uuid.UUID("ff98432a-d907-5194-a0bd-3dabff51f005")

_MERCHANT = text("SELECT 1 FROM merchants WHERE merchant_id = :merchant_id")
_MERCHANTS = text("SELECT slug FROM merchants ORDER BY slug LIMIT 20")
_STORE = text("SELECT store_id, inactive_since FROM stores WHERE merchant_id = :merchant_id AND slug = :slug")
_STORES = text(
    "SELECT slug FROM stores WHERE merchant_id = :merchant_id AND inactive_since IS NULL ORDER BY slug LIMIT 20"
)


def merchant_id_of(slug: str) -> MerchantId:
    """The id of the merchant with this slug, whether it exists or not."""
    return MerchantId(uuid.uuid5(_SLUGS, slug))


def find_merchant(connection: Connection, slug: str) -> MerchantId:
    """The merchant of that slug. Raises NotFound, naming those there are."""
    merchant_id = merchant_id_of(slug)
    if connection.scalar(_MERCHANT, {"merchant_id": merchant_id}) is None:
        raise NotFound(
            f'There is no merchant "{slug}". {_known(connection.scalars(_MERCHANTS).all(), "merchant")}'
            " A merchant is made with: tillstamp-server apply FILE.toml"
        )
    return merchant_id


def find_open_store(connection: Connection, merchant_id: MerchantId, slug: str) -> StoreId:
    """The store of that slug. Raises NotFound, naming those there are, and NotPossible for one that was closed."""
    row = connection.execute(_STORE, {"merchant_id": merchant_id, "slug": slug}).first()
    if row is None:
        stores = connection.scalars(_STORES, {"merchant_id": merchant_id}).all()
        raise NotFound(f'There is no store "{slug}". {_known(stores, "store")}')
    if row.inactive_since is not None:
        raise NotPossible(f'The store "{slug}" is closed. Put it back into the shop file and apply that first.')
    return StoreId(row.store_id)


def _known(slugs: object, what: str) -> str:
    names = ", ".join(str(slug) for slug in slugs) if isinstance(slugs, list | tuple) else ""
    return f"Known: {names}." if names else f"There is no {what} yet."
