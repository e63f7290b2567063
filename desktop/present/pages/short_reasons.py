"""Why a button is off, in the few words that fit under its label. The whole sentence is in `sentences`."""

from datetime import datetime
from typing import Final
from uuid import UUID

from common.ids import StoreId
from common.rules.refusals import RefusalCode, Refused
from desktop.present.language import N_, NN_, ntr, tr
from desktop.present.pages.here import Here

_PLAIN: Final = {
    RefusalCode.CARD_NOT_FOUND: N_("Card not known here"),
    RefusalCode.CARD_INACTIVE: N_("This card is blocked"),
    RefusalCode.PROGRAM_INACTIVE: N_("The program has ended"),
    RefusalCode.STAMPS_DISABLED: N_("No stamps in this program"),
    RefusalCode.REDEEM_NEEDS_CONNECTION: N_("Needs the network"),
    RefusalCode.OFFLINE_TOO_LONG: N_("Offline for too long"),
    RefusalCode.STAFF_NOT_ALLOWED: N_("Not allowed in this store"),
    RefusalCode.NOTHING_TO_VOID: N_("No stamps on the card"),
    RefusalCode.VOIDS_NOT_ALLOWED: N_("This shop takes nothing back"),
    RefusalCode.ALREADY_CARRIED_OVER: N_("A paper card was brought over already"),
}
NOTHING_TO_TAKE_BACK: Final = N_("Nothing to take back")

_NEXT_STAMP: Final = N_("Next stamp at {moment}")
_TOO_SOON: Final = N_("Too soon")
_TODAY: Final = N_("{today} of {limit} today")
_TO_GO: Final = NN_("{count} stamp to go", "{count} stamps to go")
_ONLY_IN: Final = N_("Only in {store}")
_ONLY_THERE: Final = N_("Only in its own store")
_NOT_NOW: Final = N_("Not possible now")


def short_reason(refused: Refused, here: Here) -> str:
    """`Next stamp at 14:32`, `3 stamps to go`, `5 of 5 today`."""
    detail = refused.detail
    match refused.code:
        case RefusalCode.COOLDOWN:
            until = detail["until"]
            return tr(_NEXT_STAMP).format(moment=here.moment(until)) if isinstance(until, datetime) else tr(_TOO_SOON)
        case RefusalCode.DAILY_LIMIT:
            return tr(_TODAY).format(today=detail["today"], limit=detail["limit"])
        case RefusalCode.INSUFFICIENT_STAMPS:
            return ntr(*_TO_GO, int(str(detail["target"])) - int(str(detail["balance"])))
        case RefusalCode.OTHER_STORE:
            store = detail["store_id"]
            name = here.shop.stores.get(StoreId(store)) if isinstance(store, UUID) else None
            return tr(_ONLY_IN).format(store=name) if name else tr(_ONLY_THERE)
        case code:
            return tr(_PLAIN.get(code, _NOT_NOW))
