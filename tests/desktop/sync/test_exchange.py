"""Push and pull against a real server on loopback that breaks its promises, and the network's, on command."""

import json
import uuid
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Any

import pytest

from common.wire.base import MAX_BODY_BYTES, MAX_OPERATIONS
from desktop.store import identity
from desktop.store.identity import Enrolment
from desktop.store.operations import State
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.failures import (
    Busy,
    Declined,
    Failure,
    NoProgress,
    NotOurs,
    NotOursReason,
    TooLarge,
    Unreachable,
    UnreachableReason,
)
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Exchanged, Pulled, Pushed
from tests.desktop.sync.scripted_server import Request, ScriptedServer, answering, free_port, problem, raw, serving
from tests.desktop.sync.small_hub import NOW, SmallHub
from tests.helpers.books import TestTill


@pytest.fixture
def hub() -> SmallHub:
    return SmallHub()


@pytest.fixture
def server(hub: SmallHub) -> Iterator[ScriptedServer]:
    with serving(hub) as server:
        yield server


@pytest.fixture
def exchange(till: TestTill, server: ScriptedServer) -> Iterator[Exchange]:
    exchange = Exchange(till.book, Link(ServerAddress(server.url), "till-token", till.clock), till.clock)
    yield exchange
    exchange.close()


def test_a_queue_is_sent_in_order_and_gets_its_verdicts(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    keys = till.stamp(3)
    assert exchange.push(MAX_OPERATIONS) == Pushed(3, news=True, more=False)
    assert hub.batches == [[1, 2, 3]]
    assert [till.state(key) for key in keys] == [State.ACCEPTED] * 3
    assert till.counts().waiting == 0


def test_a_request_says_what_the_till_knows(till: TestTill, server: ScriptedServer, exchange: Exchange) -> None:
    (first,) = till.stamp()
    exchange.push(1)
    till.stamp(2)
    exchange.push(1)
    said = server.requests[1].json
    assert said["acked"] == {"seq": 1, "key": str(first)}
    assert said["pending"] == 2
    assert said["oldest_pending_at"] is not None
    assert said["protocol"] == 1
    assert said["clock"]["boot_id"] == till.clock.boot_id()
    assert server.requests[1].headers["authorization"] == "Bearer till-token"


def test_an_empty_push_keeps_contact(till: TestTill, exchange: Exchange) -> None:
    assert exchange.push(MAX_OPERATIONS) == Pushed(0, news=False, more=False)
    contact = till.identity().contact
    assert contact.server_time.isoformat() == NOW.replace(".000000Z", "+00:00")
    assert contact.boot_id == till.clock.boot_id()


def test_an_answer_lost_after_the_commit_costs_nothing(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    keys = till.stamp(2)
    hub.lose_answer()
    assert not isinstance(exchange.push(MAX_OPERATIONS), Pushed)
    assert till.counts().waiting == 2
    assert exchange.push(MAX_OPERATIONS) == Pushed(2, news=True, more=False)
    assert hub.effects == {str(key): 1 for key in keys}
    assert till.counts().waiting == 0


FAILURES = [
    (answering(200, b"<html>Welcome</html>", "text/html"), NotOurs(NotOursReason.NOT_JSON, 200)),
    (answering(200, {"hello": "portal"}), None),
    (problem(401, "token_invalid"), Declined(401, "token_invalid")),
    (problem(413, "too_large"), TooLarge()),
    (problem(426, "update_needed"), Declined(426, "update_needed")),
    (problem(429, "too_many_attempts", Retry_After="9"), Busy(429, 9_000, "too_many_attempts")),
    (problem(503, "busy"), Busy(503, None, "busy")),
]


@pytest.mark.parametrize("lane", ["push", "pull"])
@pytest.mark.parametrize(("reply", "expected"), FAILURES)
def test_a_status_is_never_a_verdict(
    till: TestTill, hub: SmallHub, exchange: Exchange, lane: str, reply: object, expected: Failure | None
) -> None:
    till.stamp(2)
    before = till.waiting()
    hub.answers[lane].append(reply)  # type: ignore[arg-type] # a Reply, from a table of mixed rows
    outcome = exchange.push(MAX_OPERATIONS) if lane == "push" else exchange.pull(500)
    if expected is None:
        assert isinstance(outcome, NotOurs)
        assert outcome.reason is NotOursReason.WRONG_SHAPE
    else:
        assert outcome == expected
    assert till.waiting() == before


def test_an_answer_to_somebody_elses_push_is_not_ours(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    till.stamp()
    hub.twist = lambda answer: answer.update(nonce=str(uuid.UUID(int=5)))
    assert exchange.push(MAX_OPERATIONS) == NotOurs(NotOursReason.WRONG_NONCE, 200)
    hub.twist = lambda answer: answer.pop("nonce")
    outcome = exchange.push(MAX_OPERATIONS)
    assert isinstance(outcome, NotOurs)
    assert (outcome.reason, outcome.detail) == (NotOursReason.WRONG_SHAPE, "nonce")
    assert till.counts().waiting == 1


def test_a_truncated_answer_is_applied_by_nobody(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    till.stamp()

    def truncate(request: Request, out: BufferedIOBase) -> None:
        out.write(raw(200, json.dumps(hub._push(request.json)).encode())[:-20])

    hub.answers["push"].append(truncate)
    outcome = exchange.push(MAX_OPERATIONS)
    assert isinstance(outcome, NotOurs)
    assert outcome.reason is NotOursReason.TRUNCATED
    assert till.counts().waiting == 1


@pytest.mark.logs
def test_verdicts_for_strangers_touch_nothing(
    till: TestTill, hub: SmallHub, exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    sent, unsent = till.stamp(2)

    def add_strangers(answer: dict[str, list[object]]) -> None:
        answer["verdicts"] += [
            {"key": str(key), "seq": 7, "outcome": "rejected", "ver": 1} for key in (unsent, uuid.UUID(int=77))
        ]

    hub.twist = add_strangers
    assert exchange.push(1) == Pushed(1, news=True, more=True)
    assert till.state(sent) is State.ACCEPTED
    assert till.state(unsent) is State.WAITING
    assert str(uuid.UUID(int=77)) in caplog.text


def test_a_server_that_went_back_gets_everything_again(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    till.stamp(5)
    exchange.push(MAX_OPERATIONS)
    hub.have_seq = 2
    for key in list(hub.verdicts)[2:]:
        del hub.verdicts[key]
    assert exchange.push(MAX_OPERATIONS) == Pushed(0, news=False, more=True)
    assert [seq for seq, _ in till.waiting()] == [3, 4, 5]
    assert exchange.fully() == Exchanged(3, 1)
    assert till.counts().waiting == 0


def test_another_epoch_is_adopted_and_the_queue_numbered_anew(
    till: TestTill, hub: SmallHub, exchange: Exchange
) -> None:
    keys = till.stamp(3)
    hub.epoch, hub.have_seq = 4, 10
    assert exchange.push(MAX_OPERATIONS) == Pushed(3, news=True, more=True)
    assert till.waiting() == [(11 + place, key) for place, key in enumerate(keys)]
    assert exchange.fully() == Exchanged(3, 1)
    assert hub.batches[-1] == [11, 12, 13]


@pytest.mark.logs
def test_a_queue_that_cannot_be_rewound_begins_a_new_epoch(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    hub.epoch, hub.have_seq = 2, 20
    till.stamp()
    exchange.push(MAX_OPERATIONS)
    assert till.identity().epoch == 2
    keys = [key for _, key in till.waiting()]
    hub.have_seq = 5
    assert isinstance(exchange.push(MAX_OPERATIONS), Pushed)
    assert (till.identity().epoch, till.waiting()) == (3, [(1, keys[0])])
    assert exchange.fully() == Exchanged(1, 1)
    assert hub.epoch == 3


def test_a_server_that_judges_nothing_is_no_progress(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    till.stamp()
    hub.twist = lambda answer: answer.update(verdicts=[], have_seq=0)
    assert exchange.push(MAX_OPERATIONS) == NoProgress()


def test_to_learn_of_another_life_of_the_data_is_progress(
    till: TestTill, hub: SmallHub, server: ScriptedServer, exchange: Exchange
) -> None:
    """A till says in which life it believes to be. Of another the server takes nothing, and names its own."""
    till.stamp()
    before = till.identity().incarnation

    def take_nothing(answer: dict[str, Any]) -> None:
        answer.update(verdicts=[], have_seq=0, incarnation="two")

    hub.twist = take_nothing
    assert exchange.push(MAX_OPERATIONS) == Pushed(1, news=False, more=True)
    assert exchange.push(MAX_OPERATIONS) == NoProgress()
    assert [push.json["incarnation"] for push in server.requests] == [before, "two"]


def test_a_batch_keeps_to_the_limits_of_the_wire(till: TestTill, server: ScriptedServer, exchange: Exchange) -> None:
    till.stamp(MAX_OPERATIONS + 1)
    with till.book.write() as connection:
        # As large as operations can get: 500 characters of notes, four bytes each.
        connection.execute(
            "UPDATE operations SET content = json_set(content, '$.notes', ?)", ("\N{GRINNING FACE}" * 500,)
        )
    assert exchange.fully() == Exchanged(MAX_OPERATIONS + 1, 1)
    pushes = [request for request in server.requests if request.method == "POST"]
    assert len(pushes[0].json["operations"]) < MAX_OPERATIONS
    assert max(len(request.body) for request in pushes) <= MAX_BODY_BYTES


def test_a_batch_has_at_most_as_many_operations_as_the_wire_takes(
    till: TestTill, hub: SmallHub, exchange: Exchange
) -> None:
    till.stamp(MAX_OPERATIONS + 1)
    exchange.fully()
    assert [len(batch) for batch in hub.batches] == [MAX_OPERATIONS, 1]


def test_a_full_exchange_halves_what_is_too_much(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    till.stamp(3)
    hub.answers["push"] += [problem(413, "too_large")] * 8
    assert exchange.fully() == Exchanged(3, 1)
    assert len(hub.batches[0]) == 1, "eight halves of 500 are 1"


def test_pull_asks_with_the_cursor_and_keeps_the_new_one(
    till: TestTill, server: ScriptedServer, exchange: Exchange
) -> None:
    assert exchange.pull(500) == Pulled(more=False)
    assert exchange.pull(500) == Pulled(more=False)
    assert [request.path for request in server.requests] == [
        "/v1/sync/pull?limit=500",
        "/v1/sync/pull?limit=500&digest=1&cursor=at-1",
    ]


def test_a_pull_without_news_leaves_what_is_remembered_good(till: TestTill, exchange: Exchange) -> None:
    exchange.pull(500)
    applied = till.identity().pages_applied
    exchange.pull(500)
    assert till.identity().pages_applied == applied


def store_rows(*names: str) -> dict[str, list[dict[str, object]]]:
    return {"stores": [{"id": str(uuid.UUID(int=place)), "name": name, "ver": 1} for place, name in enumerate(names)]}


def synced_stores(till: TestTill) -> list[str]:
    with till.book.read() as connection:
        return [name for (name,) in connection.execute("SELECT name FROM synced_stores ORDER BY name")]


def test_a_snapshot_serves_only_when_it_is_whole(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    hub.pages = [
        {"changes": store_rows("Old"), "cursor": "old"},
        {"changes": store_rows("New"), "reset": True, "more": True, "cursor": "half"},
        {"changes": {"stores": [{"id": str(uuid.UUID(int=8)), "name": "Second", "ver": 1}]}, "reset": True},
    ]
    exchange.pull(500)
    assert exchange.pull(500) == Pulled(more=True)
    assert synced_stores(till) == ["Old"]
    assert exchange.pull(500) == Pulled(more=False)
    assert synced_stores(till) == ["New", "Second"]


def test_a_page_for_another_cursor_is_dropped(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    def enrol_meanwhile(_: Request, out: BufferedIOBase) -> None:
        till.enrol(epoch=2)
        out.write(raw(200, json.dumps({**hub._pull(), "changes": store_rows("Late")}).encode()))

    exchange.pull(500)
    hub.answers["pull"].append(enrol_meanwhile)
    exchange.pull(500)
    assert synced_stores(till) == []
    assert till.identity().cursor is None


def test_verdicts_that_come_by_pull_close_operations(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    (key,) = till.stamp()
    hub.lose_answer()
    exchange.push(MAX_OPERATIONS)
    hub.pages = [{"changes": {"verdicts": [hub.verdicts[str(key)]]}}]
    exchange.pull(500)
    assert till.state(key) is State.ACCEPTED
    assert till.counts().waiting == 0


def test_what_the_server_said_of_the_till_is_in_the_book(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    hub.answers["push"].append(problem(426, "update_needed"))
    exchange.push(MAX_OPERATIONS)
    assert till.identity().enrolment is Enrolment.UPDATE_NEEDED
    exchange.push(MAX_OPERATIONS)
    assert till.identity().enrolment is Enrolment.ENROLLED
    hub.answers["pull"].append(problem(401, "till_revoked"))
    exchange.pull(500)
    assert till.identity().enrolment is Enrolment.MUST_ENROL_AGAIN
    exchange.push(MAX_OPERATIONS)
    assert till.identity().enrolment is Enrolment.MUST_ENROL_AGAIN, (
        "a revoked till's push is answered, and says nothing"
    )
    exchange.pull(500)
    assert till.identity().enrolment is Enrolment.ENROLLED


def test_offline_since_is_the_first_failure_until_the_next_answer(till: TestTill, exchange: Exchange) -> None:
    link = Link(ServerAddress(f"http://127.0.0.1:{free_port()}"), "till-token", till.clock)
    unplugged = Exchange(till.book, link, till.clock)
    outcome = unplugged.push(MAX_OPERATIONS)
    assert isinstance(outcome, Unreachable)
    assert outcome.reason is UnreachableReason.REFUSED
    since = till.identity().offline_since
    assert since is not None
    unplugged.pull(500)
    assert till.identity().offline_since == since
    exchange.push(MAX_OPERATIONS)
    assert till.identity().offline_since is None
    unplugged.close()


def test_the_network_ends_in_the_middle(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    till.stamp(3)
    hub.answers["pull"].append(lambda *_: None)
    outcome = exchange.fully()
    assert not isinstance(outcome, Exchanged)
    assert till.counts().waiting == 0, "what was pushed before stays pushed"
    assert exchange.fully() == Exchanged(0, 1)


def test_no_transaction_is_open_while_the_network_is_slow(till: TestTill, hub: SmallHub, exchange: Exchange) -> None:
    def stamp_meanwhile(request: Request, out: BufferedIOBase) -> None:
        till.stamp()
        with till.book.write() as connection:
            identity.set_enrolment(connection, Enrolment.ENROLLED)
        out.write(raw(200, json.dumps(hub._push(request.json)).encode()))

    till.stamp()
    hub.answers["push"].append(stamp_meanwhile)
    assert exchange.push(MAX_OPERATIONS) == Pushed(1, news=True, more=True)
