"""The card in hand: its stamps, what may be done with it now, and why something else may not."""

from dataclasses import dataclass
from typing import Final

from common import ledger
from common.card_code import format_number
from common.ids import CardId
from common.ledger import TransactionKind
from common.rules.asks import Kind
from common.rules.judge import Approved
from common.rules.refusals import RefusalCode, Refused
from desktop.cashier import activity
from desktop.cashier.activity import Activity
from desktop.cashier.engine import By, Till
from desktop.cashier.look_up import Prospects, card_again, prospects
from desktop.present import words
from desktop.present.language import N_, NN_, ntr, number_text, tr
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.operation_rows import own_row, past_row
from desktop.present.pages.short_reasons import NOTHING_TO_TAKE_BACK, short_reason
from desktop.present.views import ActionView, CardAct, OperationRow, StampCardView, StampsView
from desktop.store.cards import CardView
from desktop.store.history import PastTransaction
from desktop.store.operations import State

_ROWS: Final = 20

OF_TARGET: Final = N_("{balance} of {target}")
_REWARDS_READY: Final = NN_("{count} reward ready", "{count} rewards ready")
_ONLY_HERE: Final = N_("Only this till knows this card yet")
_AS_OF: Final = N_("As of {moment}")
_AS_OF_AND_YOURS: Final = NN_("As of {moment}, {count} of yours since", "As of {moment}, {count} of yours since")

_VOIDABLE: Final = frozenset({Kind.STAMP, Kind.REDEEM})
_VOIDABLE_PAST: Final = frozenset({TransactionKind.STAMP, TransactionKind.REDEEM})

_ASKS_FOR_A_PIN: Final = frozenset({RefusalCode.STAFF_REQUIRED, RefusalCode.MANAGER_REQUIRED})
"""Refusals that the act itself mends: it asks for a PIN. The button stays on."""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """All that the page says of a card, as the till knows it at one moment."""

    card: CardView
    chances: Prospects
    own: tuple[Activity, ...]
    past: tuple[PastTransaction, ...]


def read_card(till: Till, by: By, card_id: CardId, *, online: bool) -> StampCardView | None:
    """The card as it is now, or the one it was merged into; None when this till no longer knows it.

    Raises NotEnrolled, NotSyncedYet, BookDamaged.
    """
    here = read_here(till)
    card = card_again(till, card_id)
    if card is None:
        return None
    chances = prospects(till, _asker(by, here), card.card_id, server_will_answer=online)
    own, past = activity.of_card(till, card.card_id, _ROWS)
    return card_view(CardFacts(card, chances, own, past), here, online=online)


def card_view(facts: CardFacts, here: Here, *, online: bool) -> StampCardView:
    """The page of one card."""
    card, chances, terms = facts.card, facts.chances, here.shop.terms
    history = _history(facts, here)
    may_stamp, may_redeem = _possible(chances.stamp), _possible(chances.redeem)
    return StampCardView(
        card_id=str(card.card_id),
        first_name=first_name(card.known.name),
        number=format_number(card.number),
        stamps=_stamps(card, terms.stamps_target),
        reward=terms.reward,
        actions=(
            _action(CardAct.STAMP, tr(words.STAMP), "F1", chances.stamp, here),
            _action(CardAct.REDEEM, tr(words.REDEEM), "F2", chances.redeem, here),
            _void_action(history),
        ),
        # A full card is what the customer came for; stamps can follow.
        primary=CardAct.REDEEM if may_redeem else CardAct.STAMP if may_stamp else None,
        as_of_text=_as_of(card, here, online=online),
        history=history,
    )


def first_name(name: str | None) -> str | None:
    """A screen that others see says no more of a person than it must."""
    words = (name or "").split()
    return words[0] if words else None


def _asker(by: By, here: Here) -> By:
    """Before anybody said who they are: anyone who may work here, so that the button says what the card allows."""
    if by.staff_id is not None:
        return by
    standings = (member.standing for member in here.shop.staff.values())
    anyone = next((one.id for one in standings if one.may_work(here.who.store_id, here.at)), None)
    return By(anyone, by.approved_by)


def _possible(chance: Approved | Refused) -> bool:
    return not isinstance(chance, Refused) or chance.code in _ASKS_FOR_A_PIN


def _action(act: CardAct, label: str, key: str, chance: Approved | Refused, here: Here) -> ActionView:
    if isinstance(chance, Refused) and not _possible(chance):
        return ActionView(act, label, key, enabled=False, why_not=short_reason(chance, here))
    return ActionView(act, label, key, enabled=True)


def _void_action(history: tuple[OperationRow, ...]) -> ActionView:
    possible = any(row.voidable for row in history)
    return ActionView(CardAct.VOID, tr(words.VOID), "F3", possible, "" if possible else tr(NOTHING_TO_TAKE_BACK))


def _stamps(card: CardView, target: int) -> StampsView:
    confirmed = min(max(card.confirmed_balance, 0), card.balance)
    ready = ledger.rewards_available(card.balance, target)
    return StampsView(
        confirmed=confirmed,
        provisional=card.balance - confirmed,
        target=target,
        count_text=tr(OF_TARGET).format(balance=number_text(card.balance), target=number_text(target)),
        rewards_ready=ready,
        rewards_text=ntr(*_REWARDS_READY, ready) if ready else "",
    )


def _as_of(card: CardView, here: Here, *, online: bool) -> str:
    """How old the balance is while nobody answers: `As of Tue 18:02, 2 of yours since`."""
    if online:
        return ""
    since = len(card.operations)
    if not card.known.synced:
        return tr(_ONLY_HERE)
    pulled = here.who.last_pull_at or here.who.contact.server_time
    moment = here.moment(pulled)
    return ntr(*_AS_OF_AND_YOURS, since, moment=moment) if since else tr(_AS_OF).format(moment=moment)


def _history(facts: CardFacts, here: Here) -> tuple[OperationRow, ...]:
    taken_back = facts.card.voided | {past.original for past in facts.past if past.original is not None}
    own_keys = {one.operation.key for one in facts.own}
    own = [
        own_row(
            one,
            here,
            subject=one.staff_name or "",
            voidable=one.operation.kind in _VOIDABLE
            and one.operation.key not in taken_back
            and one.operation.state is not State.REJECTED,
        )
        for one in facts.own
    ]
    past = [
        past_row(one, here, voidable=one.kind in _VOIDABLE_PAST and one.key not in taken_back)
        for one in facts.past
        if one.key not in own_keys
    ]
    return tuple(own + past)
