"""`kill -9` of the till: what was reported done is in the book, and arrives at the server once."""

import random
from typing import Final

from tests.helpers.real_hub import RealHub
from tests.world.accounts import accounts_of_server, keys_of_book
from tests.world.processes.commands import TillCommands
from tests.world.processes.conftest import NewTill
from tests.world.processes.killed.rest import came_to_rest
from tests.world.processes.server_process import ServerProcess
from tests.world.processes.steered_till import ACTS_OF_A_CARD, FREE_HANDS, Edge
from tests.world.processes.steering import Steering

ACTS: Final = 200
KILLS: Final = 20
ACTS_OF_A_LIFE: Final = ACTS // KILLS


class Diary:
    """What is known of the till from outside, over all its lives.

    Attributes:
        reported: keys of the acts that were reported done.
        recorded: keys in the book after the last restart.
        caught: how often it was killed inside an act.
    """

    def __init__(self, till: TillCommands) -> None:
        self.reported: list[str] = []
        self.recorded: list[str] = []
        self.caught: dict[Edge, int] = dict.fromkeys(Edge, 0)
        self._till = till

    def killed(self, done: list[str], caught_at: Edge | None) -> None:
        """The till died; its book is opened again."""
        before = len(self.recorded)
        self.reported += done
        self.recorded = keys_of_book(self._till.book)
        new = self.recorded[before:]
        assert new[: len(done)] == done, "what was reported done is in the book, in its order"
        beyond = len(new) - len(done)
        match caught_at:
            case Edge.BEFORE_COMMIT:
                assert beyond == 0, "an act that was not committed left nothing behind"
            case Edge.AFTER_COMMIT:
                assert beyond == 1, "an act that was committed is there, though nobody was told"
            case None:
                assert beyond <= 1, "at most the act that it was killed in"
        if caught_at is not None:
            self.caught[caught_at] += 1


def live(diary: Diary, till: TillCommands, number: int) -> None:
    """One life of the till, to its kill: every other one ends at an edge inside an act, the others anywhere."""
    turn = len(diary.recorded)
    with Steering(till.folder) as steering:
        steering.go_online()
        if number % 2:
            caught_at = list(Edge)[number // 2 % 2]
            steering.act(turn, ACTS_OF_A_LIFE - 1)
            steering.catch_in_act(turn + ACTS_OF_A_LIFE - 1, caught_at)
        else:
            caught_at = None
            steering.begin_acts(turn, ACTS_OF_A_LIFE)
            steering.wait_for_acts(random.Random(number).randint(1, ACTS_OF_A_LIFE - 1))
        steering.kill()
    diary.killed(steering.done, caught_at)


def test_a_till_that_is_killed_twenty_times_in_two_hundred_acts_forgets_nothing(
    shop: RealHub, new_till: NewTill, server: ServerProcess, database_url: str
) -> None:
    shop.open_shop(FREE_HANDS)
    till = new_till()
    diary = Diary(till)
    for number in range(KILLS):
        live(diary, till, number)
    assert diary.caught == {Edge.BEFORE_COMMIT: 5, Edge.AFTER_COMMIT: 5}

    with Steering(till.folder) as steering:
        steering.go_online()
        steering.act(len(diary.recorded), ACTS - len(diary.recorded))
        steering.drain()
        steering.kill()
    diary.killed(steering.done, None)

    assert set(diary.reported) <= set(diary.recorded)
    came_to_rest(till, server, database_url, ACTS)
    assert len(accounts_of_server(database_url)) == ACTS // ACTS_OF_A_CARD
