"""The slip that a customer takes home: what is on the card, and how sure that is."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from common.card_code import format_number
from common.ids import CardId
from common.ledger import rewards_available
from desktop.cashier.engine import Till
from desktop.cashier.looking.look_up import card_again
from desktop.devices.paper import Slip, SlipLine
from desktop.present.language import N_, ntr, tr
from desktop.present.pages.here import Here, read_here
from desktop.store.cards import CardView

_COPY: Final = N_("Copy")
_TEST: Final = N_("Test slip")
_CARD: Final = N_("Card {number}")
_BALANCE: Final = N_("{count} of {target}")
_REWARD: Final = N_("Reward: {reward}")
_READY: Final = N_("Ready: {reward}")
_AS_OF: Final = N_("Balance as of {moment}")
_NOT_CONFIRMED: Final = N_("Not confirmed yet")
_AT: Final = N_("{date}, {till}")
_WORKS: Final = N_("This printer works.")

_SHOWN_DIGITS: Final = 4


def read_slip(till: Till, card_id: CardId, *, online: bool, copy: bool = False) -> Slip | None:
    """A slip of the card as it is now; None when this till no longer knows the card.

    Raises NotEnrolled, NotSyncedYet, BookDamaged.
    """
    card = card_again(till, card_id)
    return None if card is None else slip_of(card, read_here(till), online=online, copy=copy)


def slip_of(card: CardView, here: Here, *, online: bool, copy: bool) -> Slip:
    """A slip of one card. A `copy` says so, so that nobody takes two slips for two visits."""
    head = _head(here, tr(_COPY) if copy else "")
    terms = here.shop.terms
    ready = rewards_available(card.balance, terms.stamps_target)
    reward = terms.reward if ready < 2 else f"{ready} x {terms.reward}"
    body = [
        SlipLine(tr(_CARD).format(number=masked_number(card.number))),
        SlipLine(),
        SlipLine(tr(_BALANCE).format(count=card.balance, target=terms.stamps_target), large=True),
        SlipLine(tr(_READY if ready else _REWARD).format(reward=reward)),
    ]
    if not ready:
        to_go = terms.stamps_target - card.balance
        body.append(SlipLine(ntr("{count} stamp to go", "{count} stamps to go", to_go)))
    return Slip((*head, *body, *_surety(card, here, online=online), SlipLine(), _foot(here)), centred=len(head))


def read_test_slip(till: Till) -> Slip:
    """A slip that shows whether the printer prints. Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    here = read_here(till)
    head = _head(here, tr(_TEST))
    return Slip((*head, SlipLine(tr(_WORKS)), SlipLine(), _foot(here)), centred=len(head))


def masked_number(number: str) -> str:
    """A card's number as a slip that is left lying about may show it: `****-****-9012`."""
    shown = format_number(number)
    hidden = len(shown) - _SHOWN_DIGITS
    return "".join("*" if place < hidden and sign.isdigit() else sign for place, sign in enumerate(shown))


def _head(here: Here, mark: str) -> tuple[SlipLine, ...]:
    lines = [SlipLine(here.shop.merchant_name, large=True), SlipLine(here.who.store_name)]
    if mark:
        lines.append(SlipLine(mark, large=True))
    return (*lines, SlipLine())


def _surety(card: CardView, here: Here, *, online: bool) -> tuple[SlipLine, ...]:
    """How old the balance is, and that own acts since are not confirmed; nothing while the server answers."""
    if online:
        return ()
    pulled = here.who.last_pull_at or here.who.contact.server_time
    as_of = SlipLine(tr(_AS_OF).format(moment=_when(pulled, here)))
    return (as_of, SlipLine(tr(_NOT_CONFIRMED))) if card.operations else (as_of,)


def _foot(here: Here) -> SlipLine:
    return SlipLine(tr(_AT).format(date=_when(here.at, here), till=here.who.till_name))


def _when(at: datetime, here: Here) -> str:
    """A slip is read on another day: the date is whole, whatever day it is printed."""
    return f"{at.astimezone(ZoneInfo(here.shop.terms.timezone)):%Y-%m-%d %H:%M}"
