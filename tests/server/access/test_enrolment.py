"""Enrolment: a code works once, for ten minutes, for one till of one store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from common.wire.enrol import EnrolResponse
from common.wire.problem import ProblemCode
from server.access.enrolment import CODE_LIFETIME, EnrolmentCode, enrol, make_code
from server.access.tokens import sha256
from server.store.engine import in_transaction
from server.trouble import NoTillNumberLeft
from tests.helpers.clock import ManualClock
from tests.helpers.interleaving import in_the_gap
from tests.helpers.shop import INCARNATION, OpenShop, Shop, said


def code_for(shop: Shop, name: str = "front", store: str = "gare") -> EnrolmentCode:
    return in_transaction(
        shop.engine,
        lambda connection: make_code(
            connection,
            merchant_id=shop.merchant_id,
            store_id=shop.stores[store],
            till_name=name,
            now=shop.clock.now(),
        ),
    )


def use(shop: Shop, code: str) -> EnrolResponse | None:
    return in_transaction(
        shop.engine,
        lambda connection: enrol(connection, code, app_version="0.1.0", now=shop.clock.now(), incarnation=INCARNATION),
    )


def test_a_code_becomes_a_till(shop: Shop) -> None:
    code = code_for(shop)
    assert code.expires_at == shop.clock.now() + timedelta(minutes=10)
    enrolled = use(shop, code.code)
    assert enrolled is not None
    [row] = shop.rows("tills")
    assert (row.till_id, row.number, row.name) == (enrolled.till.id, 1, "front")
    assert (enrolled.store.id, enrolled.store.name) == (shop.stores["gare"], "Gare")
    assert (enrolled.epoch, row.have_seq, enrolled.incarnation) == (1, 0, INCARNATION)
    assert bytes(row.token_sha256) == sha256(enrolled.token)


def test_a_code_works_once(shop: Shop) -> None:
    code = code_for(shop).code
    assert use(shop, code) is not None
    assert use(shop, code) is None
    assert len(shop.rows("tills")) == 1


@pytest.mark.parametrize(
    ("passed", "works"), [(CODE_LIFETIME - timedelta(microseconds=1), True), (CODE_LIFETIME, False)]
)
def test_a_code_works_for_ten_minutes(shop: Shop, clock: ManualClock, passed: timedelta, works: bool) -> None:
    code = code_for(shop).code
    clock.advance(passed)
    assert (use(shop, code) is not None) is works


@pytest.mark.parametrize("rubbish", ["", "0", "0000-0000", "x" * 40, "🙂", "ß", "'; DROP TABLE tills"])
def test_a_wrong_code_does_not(shop: Shop, rubbish: str) -> None:
    code_for(shop)
    assert use(shop, rubbish) is None


def test_a_code_is_read_as_people_type_it(shop: Shop) -> None:
    for number in range(8):
        code = code_for(shop, f"till {number}").code
        typed = f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
        assert use(shop, typed) is not None, f"{code} typed as {typed}"


def test_one_code_from_two_connections_at_once(shop: Shop, engine: Engine) -> None:
    code = code_for(shop).code
    outcome = in_the_gap(
        engine,
        after="UPDATE enrolment_codes",
        first=lambda: use(shop, code),
        second=lambda: use(shop, code),
    )
    assert outcome.second_waited
    assert outcome.first is not None
    assert outcome.second is None


def test_tills_that_enrol_at_once_get_numbers_of_their_own(shop: Shop, engine: Engine) -> None:
    codes = [code_for(shop, f"till {number}").code for number in range(6)]
    outcome = in_the_gap(
        engine,
        after="SELECT coalesce(max(number)",
        first=lambda: use(shop, codes[0]),
        second=lambda: use(shop, codes[1]),
    )
    assert outcome.first is not None
    assert outcome.second is not None
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda code: use(shop, code), codes[2:]))
    assert sorted(row.number for row in shop.rows("tills")) == [1, 2, 3, 4, 5, 6]


def give_the_last_number_away(shop: Shop) -> None:
    """The one till of the shop gets it."""
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE tills SET number = 9999 WHERE merchant_id = :merchant_id"), {"merchant_id": shop.merchant_id}
        )


def test_no_code_is_made_for_a_till_that_no_number_is_left_for(shop: Shop, open_shop: OpenShop) -> None:
    shop.till()
    give_the_last_number_away(shop)
    with pytest.raises(NoTillNumberLeft, match="All 9,999 till numbers"):
        code_for(shop, "new")
    with pytest.raises(NoTillNumberLeft):
        code_for(shop, "front", "kirchberg")
    assert shop.till().number == 9_999, "a till of old keeps its number, whoever stands in its place"
    assert open_shop().till().number == 1, "another merchant has numbers of its own"


def test_a_code_whose_number_was_given_away_meanwhile_is_not_used_up(shop: Shop) -> None:
    shop.till()
    code = code_for(shop, "new").code
    give_the_last_number_away(shop)
    for _ in range(2):
        with pytest.raises(NoTillNumberLeft):
            use(shop, code)
    assert [row.name for row in shop.rows("tills")] == ["front"]


def test_the_last_number_goes_to_one_of_two_that_enrol_at_once(shop: Shop, engine: Engine) -> None:
    shop.till()
    codes = [code_for(shop, name).code for name in ("one", "another")]
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE tills SET number = 9998 WHERE merchant_id = :merchant_id"), {"merchant_id": shop.merchant_id}
        )

    def too_late() -> None:
        with pytest.raises(NoTillNumberLeft):
            use(shop, codes[0])

    # The second takes the number that the first has just read; the first tries again, and finds none.
    in_the_gap(engine, after="SELECT coalesce(max(number)", first=too_late, second=lambda: use(shop, codes[1]))
    assert sorted((row.number, row.name) for row in shop.rows("tills")) == [(9_998, "front"), (9_999, "another")]


def test_numbers_count_by_merchant(shop: Shop, open_shop: OpenShop) -> None:
    shop.till()
    assert open_shop().till().number == 1


def test_a_till_that_enrols_again_keeps_its_name_and_begins_an_epoch(shop: Shop) -> None:
    till = shop.till()
    operations = [till.enrol_card(), till.enrol_card()]
    till.push(operations[0])
    key_before = bytes(shop.rows("tills")[0].pin_key)
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE tills SET revoked_at = enrolled_at WHERE merchant_id = :merchant_id"),
            {"merchant_id": shop.merchant_id},
        )
    again = shop.till()
    assert (again.till_id, again.number, again.epoch) == (till.till_id, till.number, 2)
    [row] = shop.rows("tills")
    assert (row.revoked_at, row.have_seq) == (None, 0)
    assert bytes(row.pin_key) != key_before
    assert till.exchange([]) is ProblemCode.TOKEN_INVALID, "the old token ends"
    assert said(again.push(*operations)) == ["accepted", "accepted"], "what had arrived is only replayed"
    assert len(shop.rows("cards")) == 2


def test_tills_of_one_name_in_two_stores_are_two(shop: Shop) -> None:
    assert shop.till("gare").till_id != shop.till("kirchberg").till_id


def test_expired_codes_are_cleared_away_by_the_next(shop: Shop, clock: ManualClock) -> None:
    code_for(shop)
    clock.advance(timedelta(hours=1))
    code_for(shop)
    assert len(shop.rows("enrolment_codes")) == 1
    assert len(shop.rows("token_directory")) == 1


def test_no_secret_is_kept(shop: Shop) -> None:
    """Neither codes nor tokens are in the database, only what cannot be turned back into them."""
    code = code_for(shop).code
    enrolled = use(shop, code)
    assert enrolled is not None
    kept = repr([shop.rows(table) for table in ("tills", "enrolment_codes", "token_directory")])
    for secret in (code, code.replace("-", ""), enrolled.token):
        assert secret not in kept
