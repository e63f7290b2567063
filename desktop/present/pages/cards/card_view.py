"""The card in hand: its stamps, what may be done with it now, and why something else may not."""

from dataclasses import dataclass
from typing import Final

from common import ledger
from common.card_code import format_number
from common.ids import CardId
from common.rules.judge import Approved
from common.rules.refusals import Refused
from common.rules.standing import Role
from common.terms import PinPolicy, Terms
from desktop.cashier.engine import By, Till
from desktop.cashier.looking import activity
from desktop.cashier.looking.activity import Activity
from desktop.cashier.looking.look_up import MENDED_BY_A_PIN, Prospects, card_again, prospects
from desktop.present import card_words, words
from desktop.present.language import N_, NN_, ntr, number_text, tr
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.operation_rows import own_row, past_row
from desktop.present.pages.short_reasons import NOTHING_TO_TAKE_BACK, short_reason
from desktop.present.views import ActionView, CardAct, OperationRow, StampCardView, StampsView
from desktop.store.cards import CardView
from desktop.store.history import PastTransaction

_ROWS: Final = 20

OF_TARGET: Final = N_("{balance} of {target}")
_REWARDS_READY: Final = NN_("{count} reward ready", "{count} rewards ready")
_ONLY_HERE: Final = N_("Only this till knows this card yet")
_AS_OF: Final = N_("As of {moment}")
_AS_OF_AND_YOURS: Final = NN_("As of {moment}, {count} of yours since", "As of {moment}, {count} of yours since")


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
    own, past = activity.of_card(till, card.card_id, _ROWS)
    originals = (*(one.operation.key for one in own), *(one.key for one in past))
    chances = prospects(
        till, asker(by, here), card.card_id, server_will_answer=online, originals=dict.fromkeys(originals)
    )
    return card_view(CardFacts(card, chances, own, past), here, online=online)


def card_view(facts: CardFacts, here: Here, *, online: bool) -> StampCardView:
    """The page of one card."""
    card, chances, terms = facts.card, facts.chances, here.shop.terms
    history = _history(facts, here)
    may_stamp, may_redeem = possible(chances.stamp), possible(chances.redeem)
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
        stamps_max=_stamps_max(chances.stamp, terms),
        blocked_text=blocked_text(card, here),
    )


def blocked_text(card: CardView, here: Here) -> str:
    """`Blocked since Tue 18:02`; empty for a card that is good."""
    since = card.inactive_since
    return "" if since is None else tr(card_words.BLOCKED_SINCE).format(moment=here.moment(since))


def first_name(name: str | None) -> str | None:
    """A screen that others see says no more of a person than it must."""
    words = (name or "").split()
    return words[0] if words else None


def asker(by: By, here: Here) -> By:
    """Before anybody said who they are: anyone who may work here, so that the button says what the card allows.

    A cashier, if there is one, so that it also says what takes a manager.
    """
    if by.staff_id is not None or here.shop.terms.pin_policy is not PinPolicy.REQUIRED:
        return by
    people = (member.standing for member in here.shop.staff.values())
    standings = sorted(people, key=lambda one: one.role is Role.MANAGER)
    anyone = next((one.id for one in standings if one.may_work(here.who.store_id, here.at)), None)
    return By(anyone, by.approved_by)


def possible(chance: Approved | Refused) -> bool:
    """Whether a button stays on: an act that lacks only a PIN asks for it."""
    return not isinstance(chance, Refused) or chance.code in MENDED_BY_A_PIN


def _stamps_max(chance: Approved | Refused, terms: Terms) -> int:
    """How many stamps this visit may earn now: never more than are left of the day."""
    left_today = terms.daily_limit
    if isinstance(chance, Approved) and chance.answer is not None:
        left_today = 1 + chance.answer.stamps_left_today
    return max(1, min(terms.visit_limit, left_today))


def _action(act: CardAct, label: str, key: str, chance: Approved | Refused, here: Here) -> ActionView:
    if isinstance(chance, Refused) and not possible(chance):
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
    voids = facts.chances.voids
    own_keys = {one.operation.key for one in facts.own}
    own = [own_row(one, here, subject=one.staff_name or "", voidable=one.operation.key in voids) for one in facts.own]
    past = [past_row(one, here, voidable=one.key in voids) for one in facts.past if one.key not in own_keys]
    return tuple(own + past)
