"""A training's till: made from the real one, which is only read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from common.rules.refusals import RefusalCode, Refused
from common.terms import OfflineRedemption, PinPolicy, Terms
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.looking import activity
from desktop.cashier.looking.look_up import look_up
from desktop.cashier.outcome import Recorded
from desktop.cashier.people.sign_in import colleagues
from desktop.cashier.stamp import stamp
from desktop.flow.redemption import HandedOut, Unanswered, redeem_with_server
from desktop.flow.training import Sample, Training, begin_training
from desktop.store.book import Book
from desktop.store.cards import CardView
from desktop.trouble import NotSyncedYet
from tests.desktop import shop
from tests.helpers.clock import ManualClock

UNNAMED = Terms(timezone="Europe/Luxembourg", pin_policy=PinPolicy.OFF)


def card(training: Training, sample: Sample) -> CardView:
    token = next(one.token for one in training.cards if one.sample is sample)
    found = look_up(training.till, token)
    assert isinstance(found, CardView)
    return found


def test_it_has_the_shop_s_rules_and_people_and_cards_of_its_own(
    open_till: Callable[..., Till], tmp_path: Path
) -> None:
    till = open_till(terms=Terms(stamps_target=7, reward="Soup"), cards=[shop.card_row(1, 3)])
    training = begin_training(till, tmp_path)
    try:
        assert [one.member.name for one in colleagues(training.till)] == ["Ana", "Ben", "Cleo"]
        balances = [card(training, sample).balance for sample in Sample]
        assert balances == [3, 6, 7, 15, 2, 4]
        assert not isinstance(look_up(training.till, shop.token(1)), CardView)
        assert len({one.number for one in training.cards}) == len(Sample)
    finally:
        training.end()
    assert not training.folder.exists()


def test_the_rules_are_the_real_ones(open_till: Callable[..., Till], tmp_path: Path) -> None:
    training = begin_training(open_till(terms=UNNAMED), tmp_path)
    try:
        just = stamp(training.till, NOBODY, card(training, Sample.JUST_STAMPED).card_id)
        assert isinstance(just, Refused)
        assert just.code is RefusalCode.COOLDOWN
        blocked = stamp(training.till, NOBODY, card(training, Sample.BLOCKED).card_id)
        assert isinstance(blocked, Refused)
        assert blocked.code is RefusalCode.CARD_INACTIVE
        assert isinstance(stamp(training.till, NOBODY, card(training, Sample.BEGUN).card_id), Recorded)
    finally:
        training.end()


@pytest.mark.parametrize(
    ("policy", "end"), [(OfflineRedemption.CONFIRMED, HandedOut), (OfflineRedemption.NEVER, Unanswered)]
)
def test_a_reward_follows_the_shop_s_policy_of_a_till_without_a_server(
    open_till: Callable[..., Till], tmp_path: Path, policy: OfflineRedemption, end: type
) -> None:
    terms = Terms(pin_policy=PinPolicy.OFF, offline_redemption=policy)
    training = begin_training(open_till(terms=terms), tmp_path)
    try:
        full = card(training, Sample.FULL)
        done = redeem_with_server(training.till, training.runner, NOBODY, full.card_id)
        assert isinstance(done, end)
    finally:
        training.end()


def test_what_is_recorded_there_is_no_operation_of_the_real_till(
    open_till: Callable[..., Till], tmp_path: Path
) -> None:
    till = open_till(terms=UNNAMED)
    woken: list[bool] = []
    till.on_recorded = lambda: woken.append(True)
    training = begin_training(till, tmp_path)
    try:
        assert isinstance(enrol(training.till, NOBODY, None, name="Zoe"), Recorded)
        assert activity.counts(training.till).waiting == 1
    finally:
        training.end()
    assert activity.counts(till).waiting == 0
    assert woken == []


def test_each_training_begins_anew(open_till: Callable[..., Till], tmp_path: Path) -> None:
    till = open_till(terms=UNNAMED)
    first = begin_training(till, tmp_path)
    stamp(first.till, NOBODY, card(first, Sample.BEGUN).card_id)
    first.till.book.close()
    second = begin_training(till, tmp_path)
    try:
        assert card(second, Sample.BEGUN).balance == 3
        assert activity.counts(second.till).waiting == 0
    finally:
        second.end()


def test_before_the_first_snapshot_there_is_nothing_to_train_on(
    empty_book: Path, book_path: Path, clock: ManualClock, tmp_path: Path
) -> None:
    book = Book.open(book_path)
    try:
        shop.enrol_till(book, clock)
        with pytest.raises(NotSyncedYet):
            begin_training(Till(book, clock), tmp_path)
    finally:
        book.close()
    assert not (tmp_path / "training").exists()
