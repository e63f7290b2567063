"""At the counter: a customer, a card, and somebody who works there."""

from collections.abc import Callable
from uuid import UUID

from common.card_code import CardToken
from common.ids import OperationKey
from common.rules.refusals import Refused
from desktop.cashier.block import block, unblock
from desktop.cashier.carry_over import carry_over
from desktop.cashier.engine import NOBODY, By
from desktop.cashier.enrol import enrol
from desktop.cashier.looking.look_up import look_up
from desktop.cashier.outcome import Recorded
from desktop.cashier.people.sign_in import colleagues, sign_in
from desktop.cashier.redeem import redeem
from desktop.cashier.replace import replace
from desktop.cashier.stamp import stamp, stamp_scanned
from desktop.cashier.void import void_count, void_operation
from desktop.store import operations
from desktop.store.cards import CardView
from tests.world.simulator.steps import Step
from tests.world.simulator.world.till import SimulatedTill
from tests.world.simulator.world.world import World

Verb = Callable[[World, Step], str]
OnCard = Callable[[World, Step, CardView], object]


def who(till: SimulatedTill, pick: int) -> By:
    """Somebody who may work here, now and then nobody; every second time with a manager beside them."""
    people = [colleague.member for colleague in colleagues(till.till)]
    if not people or pick % 11 == 10:
        return NOBODY
    managers = [one.id for one in people if one.standing.role == "manager"]
    approved_by = managers[0] if managers and pick % 2 else None
    return By(people[pick % len(people)].id, approved_by)


def on_card(act: OnCard) -> Verb:
    """A verb of the card that a customer brings: the step's first pick. A card that nobody knows yet is begun."""

    def verb(world: World, step: Step) -> str:
        till = world.till(step)
        code = world.wallet[step.a % len(world.wallet)]
        with till.at_work():
            card = look_up(till.till, code)
            if not isinstance(card, CardView):
                return told(world, till, enrol(till.till, who(till, step.b), code))
            return told(world, till, act(world, step, card))

    return verb


def told(world: World, till: SimulatedTill, done: object) -> str:
    """What the screen said. What it called done is remembered."""
    world.tally.operations += 1
    if isinstance(done, Recorded):
        till.told.done.add(str(done.key))
        world.tally.acts[done.kind] += 1
        return f"{done.kind} recorded as {str(done.key)[-6:]}, card shows {done.card.balance}"
    if isinstance(done, Refused):
        world.tally.acts[f"refused: {done.code}"] += 1
        return f"the till refused: {done.code}"
    return type(done).__name__


def _stamp(world: World, step: Step, card: CardView) -> object:
    till = world.till(step)
    if step.c % 4 == 3:
        return stamp_scanned(till.till, who(till, step.b), card.token)
    return stamp(till.till, who(till, step.b), card.card_id, 1 + (step.c % 8) // 6)


def _redeem(world: World, step: Step, card: CardView) -> object:
    return redeem(world.till(step).till, who(world.till(step), step.b), card.card_id)


def _void_count(world: World, step: Step, card: CardView) -> object:
    return void_count(world.till(step).till, who(world.till(step), step.b), card.card_id, 1 + step.c % 3)


def _void(world: World, step: Step, card: CardView) -> object:
    """Take back one of what is known of the card: its ledger, and what this till recorded lately."""
    till = world.till(step)
    with till.book.read() as connection:
        rows = connection.execute(
            "SELECT key FROM synced_transactions WHERE card_id = ?1 AND kind <> 'carry_over'"
            " UNION SELECT key FROM operations WHERE card_id = ?1 AND kind IN ('stamp', 'redeem') ORDER BY 1 DESC",
            (str(card.card_id),),
        ).fetchall()
        recent = operations.recent(connection, 1)
    keys = [OperationKey(UUID(key)) for (key,) in rows]
    if step.c % 3 == 0 and recent and recent[0].kind in ("stamp", "redeem"):
        # The undo of a moment ago, by the same person.
        return void_operation(till.till, By(recent[0].staff_id), recent[0].key)
    return void_operation(till.till, who(till, step.b), keys[step.c % len(keys)]) if keys else None


def _replace(world: World, step: Step, card: CardView) -> object:
    done = replace(world.till(step).till, who(world.till(step), step.b), card.card_id)
    if isinstance(done, Recorded):
        world.wallet.append(CardToken(done.card.token))
    return done


def _block(world: World, step: Step, card: CardView) -> object:
    return block(world.till(step).till, who(world.till(step), step.b), card.card_id, "lost")


def _unblock(world: World, step: Step, card: CardView) -> object:
    return unblock(world.till(step).till, who(world.till(step), step.b), card.card_id)


def _carry_over(world: World, step: Step, card: CardView) -> object:
    return carry_over(world.till(step).till, who(world.till(step), step.b), card.card_id, 1 + step.c % 3)


def new_card(world: World, step: Step) -> str:
    """A card of the till's own codes."""
    till = world.till(step)
    with till.at_work():
        done = enrol(till.till, who(till, step.b), name="Zoé" if step.c % 2 else None)
        if isinstance(done, Recorded) and len(world.wallet) < 12:
            world.wallet.append(CardToken(done.card.token))
        return told(world, till, done)


def guess_pin(world: World, step: Step) -> str:
    """Somebody tries PINs until they are locked out."""
    till = world.till(step)
    with till.at_work():
        people = colleagues(till.till)
        if not people:
            return "nobody works here"
        member = people[step.a % len(people)].member
        answers = [type(sign_in(till.till, member.id, "0000")).__name__ for _ in range(5)]
        return f"{member.name}: {', '.join(answers)}"


COUNTER: dict[str, Verb] = {
    "stamp": on_card(_stamp),
    "redeem": on_card(_redeem),
    "void": on_card(_void),
    "void_count": on_card(_void_count),
    "replace": on_card(_replace),
    "block": on_card(_block),
    "unblock": on_card(_unblock),
    "carry_over": on_card(_carry_over),
    "new_card": new_card,
    "guess_pin": guess_pin,
}
