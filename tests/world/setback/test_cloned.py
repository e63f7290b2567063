"""A till's book is cloned to further machines, and all of them go on as the same till."""

from desktop.store import identity
from desktop.store.setback.news import Setback
from tests.world.setback.machines import Machine, World


def _no_later_epoch_for_nothing(world: World, machine: Machine) -> None:
    """With nobody else at work, a machine that syncs stays where it is."""
    machine.sync()
    epoch = machine.who().epoch
    for _ in range(3):
        machine.sync()
    assert machine.who().epoch == epoch


def test_both_work_and_every_stamp_of_both_counts_once(world: World) -> None:
    one = world.machine("front")
    card, shared = one.new_card(), one.new_card()
    one.sync()
    other = one.copy("clone")
    for turn in range(3):
        one.stamp(card, 2)
        other.stamp(shared, 2)
        one.stamp(shared)
        one.sync()
        if turn != 1:
            other.sync()
    world.settle(one, other)
    [item] = world.diverged()
    assert item.till == "front"
    assert "make an enrolment code with a name of its own" in item.sentence
    _no_later_epoch_for_nothing(world, one)


def test_cloned_with_a_queue_that_both_send(world: World) -> None:
    one = world.machine("front")
    card = one.new_card()
    one.sync()
    one.stamp(card, 4)
    other = one.copy("clone")
    one.stamp(card, 2)
    other.stamp(card, 3)
    other.sync()
    one.sync()
    world.settle(one, other)
    news = one.news()
    assert news is not None
    assert news.setback is Setback.DIVERGED
    assert len(world.diverged()) == 1


def test_three_machines_of_one_name(world: World) -> None:
    one = world.machine("front")
    card = one.new_card()
    one.stamp(card, 2)
    two, three = one.copy("two"), one.copy("three")
    machines = (one, two, three)
    for turn in range(4):
        for place, machine in enumerate(machines):
            machine.stamp(card, 1 + (turn + place) % 2)
            if (turn + place) % 3:
                machine.sync()
    pushes = sum((turn + place) % 3 > 0 for turn in range(4) for place in range(3))
    assert max(machine.who().epoch for machine in machines) <= 1 + 2 * pushes
    world.settle(*machines)
    assert len(world.diverged()) == 1


def test_one_that_is_enrolled_under_a_name_of_its_own_is_a_till_like_any_other(world: World) -> None:
    """What the merchant is told to do. Its queue goes with it, and neither hears of the other's numbers again."""
    one = world.machine("front")
    card = one.new_card()
    one.stamp(card, 3)
    one.sync()
    other = one.copy("clone")
    one.stamp(card, 2)
    one.sync()
    other.stamp(card, 2)
    other.enrol("second")
    assert other.who().till_name == "second"
    epochs = one.who().epoch, other.who().epoch
    for _ in range(3):
        one.stamp(card)
        other.stamp(card)
        one.sync()
        other.sync()
    world.settle(one, other)
    assert (one.who().epoch, other.who().epoch) == epochs
    assert world.diverged() == []


def test_enrolled_anew_its_cards_show_no_stamp_twice(world: World) -> None:
    """Before the new till's first answer its book holds what the old one had judged: none of it is open again."""
    one = world.machine("front")
    card = one.new_card()
    one.stamp(card, 2)
    one.sync()
    other = one.copy("clone")
    with other.open() as counter:
        counter.enrol(world.hub.url, world.hub.code("second"))
        with counter.till.book.read() as connection:
            assert identity.load(connection).next_seq == 1
    assert other.waiting() == 0
    other.push_once()
    assert other.waiting() == 0
    with other.open() as counter:
        [shown] = counter.cards()
    assert (shown.balance, shown.operations) == (2, ())
