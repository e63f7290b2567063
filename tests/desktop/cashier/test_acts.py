"""Each act: the law's answer with the history that this till has, and nothing said before it is on the disk."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from common.card_code import ScanProblem
from common.ledger import TransactionKind
from common.rules.asks import Kind
from common.rules.refusals import RefusalCode, Refused
from common.rules.standing import Role
from common.terms import OfflineRedemption, Terms
from common.wire.operations import OPERATION, EnrolOperation, VoidOperation
from common.wire.pull import Changes
from desktop.cashier.block import block
from desktop.cashier.carry_over import carry_over
from desktop.cashier.engine import NOBODY, By, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.looking import activity
from desktop.cashier.looking.look_up import look_up, prospects
from desktop.cashier.outcome import AlreadyACard, Mistyped, Recorded, UnknownCard, Unreadable, Unusable
from desktop.cashier.redeem import redeem
from desktop.cashier.replace import replace
from desktop.cashier.stamp import stamp, stamp_scanned
from desktop.cashier.void import void_count, void_operation
from desktop.store import operations
from desktop.store.cards import CardView
from desktop.trouble import DiskFull
from tests.desktop.shop import (
    ANA,
    BEN,
    CLEO,
    MINUTE,
    PORT,
    card_id,
    card_row,
    key,
    merchant_row,
    number,
    pull,
    staff_row,
    token,
    transaction_row,
)
from tests.helpers.clock import START, ManualClock

OLD_NUMBER = "123456789010"
"""An old card's: its check digit is wrong."""


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(cards=[card_row(1, 9), card_row(2), card_row(3, 4, number=OLD_NUMBER)])


def _done(outcome: object) -> Recorded:
    assert isinstance(outcome, Recorded), outcome
    return outcome


def _refused(outcome: object) -> RefusalCode:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def _sent(till: Till) -> list[object]:
    with till.book.read() as connection:
        return [OPERATION.validate_python(one.wire()) for one in operations.waiting(connection, 500, 2**20)]


def test_every_scan_has_an_answer_of_its_own(till: Till) -> None:
    for code in (token(1), token(1).lower(), number(1), f"{number(1)[:4]}-{number(1)[4:8]} {number(1)[8:]}"):
        card = look_up(till, code)
        assert isinstance(card, CardView)
        assert card.card_id == card_id(1)
    old = look_up(till, OLD_NUMBER)
    assert isinstance(old, CardView)
    assert old.card_id == card_id(3)
    wrong = number(1)[:-1] + str((int(number(1)[-1]) + 1) % 10)
    assert look_up(till, wrong) == Mistyped(wrong)
    assert look_up(till, number(99)) == UnknownCard(number(99))
    assert look_up(till, token(99)) == UnknownCard(token(99))
    assert look_up(till, " ") == Unreadable(ScanProblem.EMPTY)
    assert look_up(till, token(1)[:20]) == Unreadable(ScanProblem.INCOMPLETE)
    assert look_up(till, "https://example.com/menu") == Unreadable(ScanProblem.RUBBISH)


def test_a_stamp_is_told_with_all_that_the_customer_asks(till: Till) -> None:
    woken: list[int] = []
    till.on_recorded = lambda: woken.append(len(_sent(till)))
    done = _done(stamp(till, By(BEN), card_id(1)))
    assert done.answer is not None
    assert (done.answer.stamp_count, done.answer.reward_earned, done.answer.stamps_left_today) == (10, True, 4)
    assert done.answer.next_stamp_at == START + 15 * MINUTE
    # The runner was woken once, and found it committed.
    assert woken == [1]


def test_cooldown_counts_other_stores_and_own_open_stamps(open_till: Callable[..., Till], clock: ManualClock) -> None:
    elsewhere = transaction_row(1, key(1), START - 5 * MINUTE, store_id=PORT)
    till = open_till(cards=[card_row(1, 1), card_row(2)], transactions=[elsewhere])
    refused = stamp(till, By(BEN), card_id(1))
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.COOLDOWN
    assert refused.detail == {
        "until": START + 10 * MINUTE,
        "other_at": START - 5 * MINUTE,
        "other_store_id": PORT,
    }
    _done(stamp(till, By(BEN), card_id(2)))
    clock.advance(15 * MINUTE - timedelta(milliseconds=1))
    assert _refused(stamp(till, By(BEN), card_id(2))) is RefusalCode.COOLDOWN
    clock.advance(timedelta(milliseconds=1))
    _done(stamp(till, By(BEN), card_id(2)))
    assert len(_sent(till)) == 2


def test_an_honest_correction_does_not_block_the_customer(till: Till, clock: ManualClock) -> None:
    given = _done(stamp(till, By(BEN), card_id(1)))
    clock.advance(timedelta(seconds=30))
    taken = _done(void_operation(till, By(BEN), given.key))
    assert (taken.card.balance, taken.shortfall) == (9, 0)
    _done(stamp(till, By(BEN), card_id(1)))


def test_the_wall_clock_may_be_set_to_anything(till: Till, clock: ManualClock) -> None:
    _done(stamp(till, By(BEN), card_id(1)))
    clock.jump(timedelta(days=365))
    assert _refused(stamp(till, By(BEN), card_id(1))) is RefusalCode.COOLDOWN
    clock.jump(timedelta(days=-730))
    clock.advance(15 * MINUTE)
    done = _done(stamp(till, By(BEN), card_id(1)))
    assert done.at == START + 15 * MINUTE


def test_after_a_reboot_the_last_known_offset_is_kept(till: Till, clock: ManualClock) -> None:
    clock.reboot(down=timedelta(hours=2))
    assert _done(stamp(till, By(BEN), card_id(1))).at == START + timedelta(hours=2)


def test_a_daily_limit_ends_with_the_business_day(open_till: Callable[..., Till], clock: ManualClock) -> None:
    till = open_till(terms=Terms(cooldown_minutes=0, daily_limit=2), cards=[card_row(1)])
    for _ in range(2):
        _done(stamp(till, By(BEN), card_id(1)))
    assert _refused(stamp(till, By(BEN), card_id(1))) is RefusalCode.DAILY_LIMIT
    clock.advance(timedelta(hours=14))
    _done(stamp_scanned(till, By(BEN), token(1)))


def test_who_asks_matters(till: Till) -> None:
    assert _refused(stamp(till, NOBODY, card_id(1))) is RefusalCode.STAFF_REQUIRED
    assert _refused(void_count(till, By(BEN), card_id(1), 1)) is RefusalCode.MANAGER_REQUIRED
    assert _done(void_count(till, By(BEN, approved_by=ANA), card_id(1), 1)).card.balance == 8


@pytest.mark.parametrize(
    ("policy", "balance", "own_stamps", "answers", "refused"),
    [
        (OfflineRedemption.NEVER, 10, 0, False, True),
        (OfflineRedemption.NEVER, 10, 0, True, False),
        (OfflineRedemption.CONFIRMED, 10, 0, False, False),
        (OfflineRedemption.CONFIRMED, 9, 1, False, True),
        (OfflineRedemption.CONFIRMED, 9, 1, True, False),
        (OfflineRedemption.PROVISIONAL, 9, 1, False, False),
    ],
)
def test_what_a_till_may_hand_out_alone(
    open_till: Callable[..., Till],
    policy: OfflineRedemption,
    balance: int,
    own_stamps: int,
    answers: bool,
    refused: bool,
) -> None:
    till = open_till(terms=Terms(offline_redemption=policy), cards=[card_row(1, balance)])
    for _ in range(own_stamps):
        _done(stamp(till, By(BEN), card_id(1)))
    outcome = redeem(till, By(BEN), card_id(1), server_will_answer=answers)
    assert (outcome == Refused(RefusalCode.REDEEM_NEEDS_CONNECTION)) is refused
    if not refused:
        assert _done(outcome).card.balance == 0


def test_an_own_redemption_spends_what_was_confirmed(open_till: Callable[..., Till]) -> None:
    till = open_till(cards=[card_row(1, 20)])
    for _ in range(2):
        _done(redeem(till, By(BEN), card_id(1)))
    assert _refused(redeem(till, By(BEN), card_id(1))) is RefusalCode.INSUFFICIENT_STAMPS


def test_a_void_of_a_redemption_gives_the_stamps_back(till: Till, clock: ManualClock) -> None:
    pull(till, Changes(cards=[card_row(1, 12, ver=2)]), ver=2)
    handed_out = _done(redeem(till, By(BEN), card_id(1)))
    clock.advance(2 * MINUTE)
    assert _refused(void_operation(till, By(BEN), handed_out.key)) is RefusalCode.MANAGER_REQUIRED
    back = _done(void_operation(till, By(ANA), handed_out.key, "not handed out"))
    assert (back.card.balance, back.card.totals.redemptions) == (12, 0)
    void = _sent(till)[-1]
    assert isinstance(void, VoidOperation)
    assert (void.original, void.count, void.reason) == (handed_out.key, None, "not handed out")


def test_a_void_that_comes_too_late_for_a_spent_stamp(open_till: Callable[..., Till], clock: ManualClock) -> None:
    till = open_till(terms=Terms(stamps_target=2, cooldown_minutes=0), cards=[card_row(1, 1)])
    given = _done(stamp(till, By(BEN), card_id(1)))
    _done(redeem(till, By(BEN), card_id(1), server_will_answer=True))
    taken = _done(void_operation(till, By(BEN), given.key))
    assert (taken.card.balance, taken.shortfall) == (0, 1)
    # Spent, it was not taken back: it goes on counting.
    assert len(taken.card.live_open) == 1


def test_voids_name_what_is_there(till: Till, clock: ManualClock) -> None:
    assert _refused(void_operation(till, By(BEN), key(404))) is RefusalCode.ORIGINAL_NOT_FOUND
    assert _refused(void_count(till, By(ANA), card_id(2), 1)) is RefusalCode.NOTHING_TO_VOID
    brought = _done(carry_over(till, By(ANA), card_id(2), 4))
    # A carry-over is no stamp and no redemption.
    assert _refused(void_operation(till, By(ANA), brought.key)) is RefusalCode.ORIGINAL_NOT_FOUND
    given = _done(stamp(till, By(BEN), card_id(2)))
    _done(void_operation(till, By(BEN), given.key, "  "))
    void = _sent(till)[-1]
    assert isinstance(void, VoidOperation)
    assert void.reason == "Return"
    assert isinstance(void_operation(till, By(BEN), _done(stamp(till, By(BEN), card_id(2))).key, "x" * 201), Unusable)


def test_a_synced_stamp_of_a_colleague_is_voided_not_undone(open_till: Callable[..., Till]) -> None:
    given = transaction_row(1, key(1), START - timedelta(days=31), staff_id=ANA)
    till = open_till(cards=[card_row(1, 5)], transactions=[given])
    assert _refused(void_operation(till, By(BEN), key(1))) is RefusalCode.VOID_TOO_OLD


def test_carried_over_once(till: Till) -> None:
    assert _refused(carry_over(till, By(BEN), card_id(2), 4)) is RefusalCode.MANAGER_REQUIRED
    assert _done(carry_over(till, By(ANA), card_id(2), 4)).card.balance == 4
    assert _refused(carry_over(till, By(ANA), card_id(2), 4)) is RefusalCode.ALREADY_CARRIED_OVER
    assert _refused(carry_over(till, By(ANA), card_id(1), 11)) is RefusalCode.INVALID_OPERATION


def test_a_new_card_from_a_blank_one_or_from_nothing(till: Till) -> None:
    by_token = _done(enrol(till, By(BEN), token(50)))
    by_number = _done(enrol(till, By(BEN), number(51), name="Lea"))
    from_nothing = _done(enrol(till, By(BEN)))
    assert by_token.card.token == token(50)
    assert by_number.card.number == number(51)
    assert from_nothing.card.number[:4] == "0017"
    sent = _sent(till)[1]
    assert isinstance(sent, EnrolOperation)
    assert (sent.number, sent.name, sent.card_id) == (number(51), "Lea", by_number.card.card_id)
    for known in (token(50), number(51), token(1)):
        assert isinstance(enrol(till, By(BEN), known), AlreadyACard)
    wrong = number(52)[:-1] + str((int(number(52)[-1]) + 1) % 10)
    assert enrol(till, By(BEN), wrong) == Mistyped(wrong)
    assert enrol(till, By(BEN), "menu") == Unreadable(ScanProblem.RUBBISH)
    assert enrol(till, By(BEN), name="x" * 121) == Unusable("name")
    assert _refused(enrol(till, NOBODY)) is RefusalCode.STAFF_REQUIRED
    assert len(_sent(till)) == 3


def test_a_lost_card_gets_new_codes_that_nobody_has(till: Till) -> None:
    assert _refused(replace(till, By(BEN), card_id(1))) is RefusalCode.MANAGER_REQUIRED
    assert _refused(replace(till, By(ANA), card_id(1), token(2))) is RefusalCode.CARD_CODE_TAKEN
    assert _refused(replace(till, By(ANA), card_id(99))) is RefusalCode.CARD_NOT_FOUND
    assert replace(till, By(ANA), card_id(1), "menu") == Unreadable(ScanProblem.RUBBISH)
    done = _done(replace(till, By(ANA), card_id(1), number(70)))
    assert done.card.number == number(70)
    assert block(till, By(BEN), card_id(1), "") == Unusable("reason")


def test_a_till_offline_too_long_looks_up_and_records_nothing(till: Till, clock: ManualClock) -> None:
    _done(stamp(till, By(BEN), card_id(1)))
    clock.advance(timedelta(days=13))
    _done(stamp(till, By(BEN), card_id(2)))
    clock.advance(timedelta(milliseconds=1))
    for outcome in (
        stamp(till, By(BEN), card_id(3)),
        redeem(till, By(BEN), card_id(1)),
        enrol(till, By(BEN)),
        block(till, By(BEN), card_id(1), "lost"),
    ):
        assert _refused(outcome) is RefusalCode.OFFLINE_TOO_LONG
    assert isinstance(look_up(till, token(1)), CardView)
    pull(till, Changes(merchant=[merchant_row(2, offline_days_max=20)]), ver=2)
    _done(stamp(till, By(BEN), card_id(3)))


def test_prospects_say_beforehand_what_an_act_would(till: Till) -> None:
    ahead = prospects(till, By(BEN), card_id(1))
    assert not isinstance(ahead.stamp, Refused)
    assert isinstance(ahead.redeem, Refused)
    assert ahead.redeem.code is RefusalCode.INSUFFICIENT_STAMPS
    assert _sent(till) == []


def _enrol_many(till: Till, count: int) -> None:
    for _ in range(count):
        _done(enrol(till, By(BEN), name="x" * 120))


def test_a_full_disk_says_so_and_nothing_was_done(till: Till) -> None:
    woken: list[None] = []
    till.on_recorded = lambda: woken.append(None)
    with till.book.write() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(DiskFull):
        _enrol_many(till, 1_000)
    recorded = len(_sent(till))
    assert recorded == len(woken) > 0
    with till.book.write() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    _done(stamp(till, By(BEN), card_id(1)))
    with till.book.read() as connection:
        assert operations.counts(connection).waiting == recorded + 1


def test_activity_tells_what_became_of_what(open_till: Callable[..., Till], clock: ManualClock) -> None:
    till = open_till(cards=[card_row(1, 3)], transactions=[transaction_row(1, key(1), START - timedelta(days=1))])
    new = _done(enrol(till, By(BEN)))
    given = _done(stamp(till, By(BEN), card_id(1)))
    recent = activity.recent(till, 10)
    assert [(one.operation.kind, one.card_number, one.staff_name) for one in recent] == [
        (Kind.STAMP, number(1), "Ben"),
        (Kind.ENROL, new.card.number, "Ben"),
    ]
    own, past = activity.of_card(till, card_id(1), 10)
    assert [one.operation.key for one in own] == [given.key]
    assert [(one.kind, one.delta) for one in past] == [(TransactionKind.STAMP, 1)]
    assert activity.of_card(till, card_id(404), 10) == ((), ())
    assert activity.counts(till).waiting == 2
    assert not activity.acknowledge(till, given.key)
    assert activity.needing_attention(till, 10) == ()


def test_staff_of_another_store_may_not_stamp_here(open_till: Callable[..., Till]) -> None:
    till = open_till(cards=[card_row(1)])
    assert _done(stamp(till, By(CLEO), card_id(1))).card.balance == 1
    elsewhere = staff_row(CLEO, "Cleo", Role.CASHIER, ver=2, store_ids=[PORT])
    pull(till, Changes.model_construct(**{**Changes().__dict__, "staff": [elsewhere]}), ver=2)
    assert _refused(stamp(till, By(CLEO), card_id(1))) is RefusalCode.STAFF_NOT_ALLOWED
