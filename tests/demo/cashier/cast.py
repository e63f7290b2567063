"""Which cards play in the story: cards of the shop that suit, and new ones where it has none (any more)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from common.ids import CardId
from common.rules.judge import Approved
from desktop.cashier.carry_over import carry_over
from desktop.cashier.enrol import enrol
from desktop.cashier.looking.look_up import prospects
from desktop.cashier.outcome import Recorded
from desktop.store.cards import CardView
from tests.demo.counter import Counter, CounterTrouble
from tests.demo.shop import MANAGER, TARGET


@dataclass(frozen=True, slots=True)
class Cast:
    """The cards, as they are before the story.

    Attributes:
        guest: gets a stamp, is refused another, and the stamp is taken back.
        nearly: one stamp short of the reward.
        shared: is stamped by both tills while neither hears of the other.
        full: is stamped by one till and redeemed at the other.
    """

    guest: CardView
    nearly: CardView
    shared: CardView
    full: CardView


def find_cast(counter: Counter) -> Cast:
    """Cards that may be stamped now, chosen on a till that has just synced. Leaves it synced."""
    taken: set[CardId] = set()

    def choose(name: str, stamps: int, suits: Callable[[int], bool]) -> CardView:
        card = next((card for card in _stampable(counter, taken) if suits(card.balance)), None)
        if card is None:
            card = _from_paper(counter, name, stamps)
        taken.add(card.card_id)
        return card

    cast = Cast(
        guest=choose("Gaston", 4, lambda balance: 2 <= balance <= TARGET - 3),
        nearly=choose("Nina", TARGET - 1, lambda balance: balance == TARGET - 1),
        shared=choose("Sam", 5, lambda balance: 2 <= balance <= TARGET - 3),
        full=choose("Fanny", TARGET, lambda balance: balance >= TARGET),
    )
    counter.sync()
    return cast


def _stampable(counter: Counter, taken: set[CardId]) -> Iterator[CardView]:
    by = counter.by(MANAGER)
    for card in counter.cards():
        if card.card_id not in taken and isinstance(prospects(counter.till, by, card.card_id).stamp, Approved):
            yield card


def _from_paper(counter: Counter, name: str, stamps: int) -> CardView:
    """A new customer, whose paper card the manager brings over."""
    by = counter.by(MANAGER)
    begun = enrol(counter.till, by, name=name)
    if not isinstance(begun, Recorded):
        raise CounterTrouble(f"{name} got no card: {begun}")
    carried = carry_over(counter.till, by, begun.card.card_id, stamps)
    if not isinstance(carried, Recorded):
        raise CounterTrouble(f"{name}'s paper card could not be brought over: {carried}")
    return carried.card
