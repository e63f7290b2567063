"""An old image of a till is put back: its book is behind what the server has of it."""

from desktop.cashier.engine import NOBODY
from desktop.cashier.looking import activity
from desktop.cashier.outcome import Recorded
from desktop.cashier.people.shift import ShiftReport, close_shift, open_shift
from desktop.cashier.void import void_operation
from desktop.store.setback import regained
from desktop.store.setback.news import Setback
from desktop.sync.line.failures import Declined
from desktop.sync.outcomes import Pushed
from tests.world.setback.machines import World


def test_with_an_empty_queue_it_gets_back_what_it_lost_with_the_next_contact(world: World) -> None:
    till = world.machine("front")
    card = till.new_card()
    till.stamp(card, 2)
    till.sync()
    image = till.copy("image")
    lost = till.stamp(card, 5)
    till.sync()
    till.put_back(image)
    till.sync()
    assert till.keys() >= {str(key) for key in lost}
    news = till.news()
    assert news is not None
    assert (news.setback, news.regained) == (Setback.TILL_BEHIND, len(lost))
    assert (till.who().epoch, world.attention()) == (2, [])
    till.stamp(card, 2)
    world.settle(till)


def test_with_a_queue_of_its_own_nothing_is_lost_and_nothing_counts_twice(world: World) -> None:
    """Of what waits in the image some arrived later; and somebody worked on it before its first contact."""
    till = world.machine("front")
    card = till.new_card()
    till.sync()
    till.stamp(card, 3)
    image = till.copy("image")
    till.stamp(card, 4)
    till.sync()
    till.put_back(image)
    till.stamp(card, 2)
    till.sync()
    world.settle(till)
    assert till.keys() == {str(key) for key in world.done}
    news = till.news()
    assert news is not None
    assert news.setback is Setback.DIVERGED
    [item] = world.diverged()
    assert item.key in world.done


def test_older_than_a_numbering_anew(world: World) -> None:
    till = world.machine("front")
    card = till.new_card()
    till.sync()
    oldest = till.copy("oldest")
    till.stamp(card, 3)
    till.sync()
    till.put_back(oldest)
    till.sync()
    assert till.who().epoch == 2
    till.stamp(card, 3)
    till.sync()
    till.put_back(oldest)
    till.stamp(card, 2)
    world.settle(till)
    assert till.keys() == {str(key) for key in world.done}


def test_older_than_its_token_it_is_enrolled_again_and_gets_everything_back(world: World) -> None:
    till = world.machine("front")
    card = till.new_card()
    till.stamp(card, 2)
    till.sync()
    image = till.copy("image")
    till.stamp(card, 2)
    till.enrol("front")
    till.stamp(card, 2)
    till.sync()
    till.put_back(image)
    till.stamp(card, 1)
    with till.open() as counter:
        outcome = counter.try_sync()
    assert isinstance(outcome, Declined)
    till.enrol("front")
    world.settle(till)
    assert till.keys() == {str(key) for key in world.done}


def test_an_answer_that_is_lost_is_asked_for_again(world: World) -> None:
    """The book is put back to what it was before the answer: to the server the same as dying before its commit."""
    till = world.machine("front")
    card = till.new_card()
    till.sync()
    image = till.copy("image")
    till.stamp(card, 3)
    till.sync()
    till.put_back(image)
    till.stamp(card, 1)
    for attempt in range(3):
        before = till.copy(f"before {attempt}")
        till.sync()
        till.put_back(before)
    world.settle(till)
    assert till.keys() == {str(key) for key in world.done}


def test_more_than_one_answer_holds_comes_in_parts(world: World) -> None:
    till = world.machine("front")
    card = till.new_card()
    till.sync()
    image = till.copy("image")
    till.stamp_in_bulk(card, 600)
    till.sync()
    till.put_back(image)
    till.stamp(card, 1)
    pushed = till.push_once()
    assert isinstance(pushed, Pushed)
    assert pushed.more
    with till.open() as counter, counter.till.book.read() as connection:
        assert regained.awaited(connection) is not None, "the place is kept in the book, should it die here"
    world.settle(till)
    assert till.keys() == {str(key) for key in world.done}
    with till.open() as counter, counter.till.book.read() as connection:
        assert regained.awaited(connection) is None


def test_what_came_back_is_its_own_again(world: World) -> None:
    """It is counted in the shift that was open, can be undone by whoever did it, and is in the list of what was."""
    till = world.machine("front")
    card = till.new_card()
    till.sync()
    with till.open() as counter:
        open_shift(counter.till, NOBODY)
    image = till.copy("image")
    keys = till.stamp(card, 2)
    till.sync()
    till.put_back(image)
    till.sync()
    with till.open() as counter:
        assert {one.operation.key for one in activity.recent(counter.till, 10)} >= set(keys)
        report = close_shift(counter.till, NOBODY)
        assert isinstance(report, ShiftReport)
        assert [one.figures.stamps for one in report.cashiers] == [2]
        undone = void_operation(counter.till, NOBODY, keys[-1])
        assert isinstance(undone, Recorded), "within the minute nobody's approval is asked"
        world.done.add(undone.key)
    world.settle(till)
