"""Why a button is off, in the few words that fit under its label. The whole sentence is in `sentences`."""

from datetime import datetime
from typing import Final
from uuid import UUID

from common.ids import StoreId
from common.rules.refusals import RefusalCode, Refused
from desktop.present.pages.here import Here

_PLAIN: Final = {
    RefusalCode.CARD_NOT_FOUND: "Card not known here",
    RefusalCode.CARD_INACTIVE: "This card is blocked",
    RefusalCode.PROGRAM_INACTIVE: "The program has ended",
    RefusalCode.STAMPS_DISABLED: "No stamps in this program",
    RefusalCode.REDEEM_NEEDS_CONNECTION: "Needs the network",
    RefusalCode.OFFLINE_TOO_LONG: "Offline for too long",
    RefusalCode.STAFF_NOT_ALLOWED: "Not allowed in this store",
}
NOTHING_TO_TAKE_BACK: Final = "Nothing to take back"


def short_reason(refused: Refused, here: Here) -> str:
    """`Next stamp at 14:32`, `3 stamps to go`, `5 of 5 today`."""
    detail = refused.detail
    match refused.code:
        case RefusalCode.COOLDOWN:
            until = detail["until"]
            return f"Next stamp at {here.moment(until)}" if isinstance(until, datetime) else "Too soon"
        case RefusalCode.DAILY_LIMIT:
            return f"{detail['today']} of {detail['limit']} today"
        case RefusalCode.INSUFFICIENT_STAMPS:
            missing = int(str(detail["target"])) - int(str(detail["balance"]))
            return "1 stamp to go" if missing == 1 else f"{missing} stamps to go"
        case RefusalCode.OTHER_STORE:
            store = detail["store_id"]
            name = here.shop.stores.get(StoreId(store)) if isinstance(store, UUID) else None
            return f"Only in {name}" if name else "Only in its own store"
        case code:
            return _PLAIN.get(code, "Not possible now")
