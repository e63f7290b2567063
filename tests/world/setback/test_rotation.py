"""A till's token is replaced every month; whatever dies between any two steps, the till is never locked out."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.secrets import FileSecrets, TillSecrets
from desktop.store import identity
from desktop.sync.line import rotate
from desktop.sync.line.failures import Declined, Unreachable
from desktop.sync.line.link import Answer, Link
from desktop.trouble import SecretsUnwritable
from server.access.tokens import sha256
from server.operate.audit import run
from tests.world.setback.machines import Machine, World

MONTH = rotate.ROTATE_EVERY


class Died(Exception):
    """The till ends here: what was not on the disk is gone."""


def kept(machine: Machine) -> TillSecrets:
    return FileSecrets(machine.folder / "secrets").load(machine.who().till_id)


def tokens_at_the_server(world: World) -> tuple[int, int]:
    """How many tokens are listed, and how many are offered."""
    [(offered,)] = world.hub.rows("SELECT count(next_token_sha256) FROM tills")
    [(listed,)] = world.hub.rows(
        "SELECT count(*) FROM token_directory WHERE token_sha256 NOT IN (SELECT code_sha256 FROM enrolment_codes)"
    )
    return listed, offered


def test_after_a_month_it_has_another_token_and_the_old_one_is_dead(world: World) -> None:
    till = world.machine("front")
    first = kept(till)
    world.clock.advance(MONTH - timedelta(hours=1))
    till.sync()
    assert kept(till) == first
    world.clock.advance(timedelta(hours=1))
    till.sync()
    second = kept(till)
    assert second.token != first.token
    assert (second.pin_key, second.former) == (first.pin_key, first.token)
    till.sync()
    assert tokens_at_the_server(world) == (1, 0)
    old = TillSecrets(first.token, first.pin_key)
    FileSecrets(till.folder / "secrets").save(till.who().till_id, old)
    with till.open() as counter:
        outcome = counter.try_sync()
    assert isinstance(outcome, Declined)
    assert outcome.code == "token_invalid"


def test_a_till_that_does_not_know_how_old_its_token_is_asks_at_once(world: World) -> None:
    till = world.machine("front")
    first = kept(till)
    with till.open() as counter, counter.till.book.write() as connection:
        connection.execute("UPDATE book SET token_since = NULL")
    till.sync()
    assert kept(till).token != first.token


def _post_dies(monkeypatch: pytest.MonkeyPatch, *, before: bool) -> None:
    post = Link.post

    def dying(link: Link, path: str, body: bytes, *, deadline_s: float) -> Any:
        if path != rotate.PATH:
            return post(link, path, body, deadline_s=deadline_s)
        if not before:
            assert isinstance(post(link, path, body, deadline_s=deadline_s), Answer)
        raise Died

    monkeypatch.setattr(Link, "post", dying)


def _saving_dies(monkeypatch: pytest.MonkeyPatch, *, before: bool) -> None:
    save = FileSecrets.save

    def dying(keeper: FileSecrets, till_id: Any, secrets: TillSecrets) -> None:
        if not before:
            save(keeper, till_id, secrets)
        raise Died

    monkeypatch.setattr(FileSecrets, "save", dying)


def _replacing_the_file_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    def dying(*_: Any) -> Any:
        raise Died

    monkeypatch.setattr(Path, "replace", dying)


def _noting_it_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    def dying(*_: Any) -> None:
        raise Died

    monkeypatch.setattr(identity, "record_token", dying)


STEPS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "before it asks": lambda patch: _post_dies(patch, before=True),
    "the answer is lost": lambda patch: _post_dies(patch, before=False),
    "before it is on the disk": lambda patch: _saving_dies(patch, before=True),
    "half on the disk": _replacing_the_file_dies,
    "on the disk, not in use": lambda patch: _saving_dies(patch, before=False),
    "in use, not noted in the book": _noting_it_dies,
}


@pytest.mark.parametrize("dies", STEPS.values(), ids=STEPS)
def test_it_dies_between_two_steps_and_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, dies: Callable[[pytest.MonkeyPatch], None]
) -> None:
    till = world.machine("front")
    card = till.new_card()
    till.sync()
    first = kept(till)
    world.clock.advance(MONTH)
    for _ in range(2):
        till.stamp(card)
        with monkeypatch.context() as patch:
            dies(patch)
            with pytest.raises(Died):
                till.sync()
        world.clock.advance(timedelta(hours=1))
        till.sync()
        world.clock.advance(MONTH)
    till.sync()
    till.sync()
    assert kept(till).token != first.token
    assert tokens_at_the_server(world) == (1, 0)
    world.settle(till)


def test_the_first_use_of_the_new_token_may_go_unanswered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    till = world.machine("front")
    world.clock.advance(MONTH)
    till.sync()
    exchange = Link._exchange

    def unanswered(link: Link, *args: Any, **named: Any) -> Any:
        assert isinstance(exchange(link, *args, **named), Answer)
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(Link, "_exchange", unanswered)
        with pytest.raises(Died):
            till.sync()
    till.sync()
    world.settle(till)


def test_a_disk_that_is_full_costs_nothing_but_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    till = world.machine("front")
    first = kept(till)
    world.clock.advance(MONTH)

    def full(*_: Any) -> None:
        raise SecretsUnwritable(till.folder, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(FileSecrets, "save", full)
        till.sync()
    assert kept(till) == first
    till.sync()
    assert kept(till).token != first.token
    world.settle(till)


def test_a_server_that_forgot_the_new_token_is_spoken_to_with_the_old(world: World) -> None:
    """It was restored from a backup; or the network doubled the asking, and the server offered another since."""
    till = world.machine("front")
    card = till.new_card()
    till.sync()
    first = kept(till)
    world.clock.advance(MONTH)
    till.sync()
    second = kept(till)
    with world.hub.engine.begin() as connection:
        known = sha256(first.token)
        connection.exec_driver_sql(
            "UPDATE token_directory SET token_sha256 = %s FROM tills t"
            " WHERE token_directory.token_sha256 = t.token_sha256",
            (known,),
        )
        connection.exec_driver_sql("UPDATE tills SET token_sha256 = %s", (known,))
    till.stamp(card)
    till.sync()
    assert (kept(till).token, kept(till).former) == (first.token, None)
    world.settle(till)
    world.clock.advance(MONTH)
    till.sync()
    assert kept(till).token not in (first.token, second.token)
    world.settle(till)


def test_of_two_machines_with_one_token_the_slower_must_be_enrolled_anew(world: World) -> None:
    """And loses nothing by it: its queue goes along, whatever name it is given."""
    one = world.machine("front")
    card = one.new_card()
    one.sync()
    other = one.copy("clone")
    world.clock.advance(MONTH)
    one.sync()
    other.stamp(card)
    with other.open() as counter:
        outcome = counter.try_sync()
    assert isinstance(outcome, Declined)
    other.enrol("second")
    world.settle(one, other)
    assert run.audit(world.hub.engine).findings == ()


def test_a_server_without_the_way_to_a_new_token_is_asked_once_an_hour(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = world.machine("front")
    world.clock.advance(MONTH)
    monkeypatch.setattr(rotate, "PATH", "/v1/tills/nothing-here")
    till.sync()
    assert kept(till).former is None
    with till.open() as counter:
        assert not isinstance(counter.try_sync(), Unreachable)
