"""Tills are listed with how they fare, and a revoked one keeps its place."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from server.access.enrolment import enrol
from server.merchant.tills import list_tills, make_enrolment_code, revoke_till
from server.trouble import NotFound, NotPossible
from tests.helpers.clock import START, ManualClock
from tests.server.merchant.conftest import SHOP, Apply


def enrol_till(engine: Engine, clock: ManualClock, name: str, merchant: str = "roast") -> None:
    with engine.begin() as connection:
        code = make_enrolment_code(connection, merchant=merchant, store="gare", till=name, clock=clock)
        assert enrol(connection, code.code, app_version="0.1.0", now=clock.now(), incarnation="one") is not None


def test_enrolment_code_makes_the_till_that_it_names(engine: Engine, apply: Apply, clock: ManualClock) -> None:
    apply()
    enrol_till(engine, clock, " Counter ")
    with engine.connect() as connection:
        (till,) = list_tills(connection)
    assert (till.merchant, till.store, till.name, till.number) == ("roast", "gare", "Counter", 1)
    assert (till.enrolled_at, till.revoked_at, till.last_contact_at, till.pending) == (START, None, None, 0)


def test_list_can_be_of_one_merchant(engine: Engine, apply: Apply, clock: ManualClock) -> None:
    apply()
    apply(SHOP.replace('slug = "roast"', 'slug = "brew"'))
    for merchant in ("roast", "brew"):
        enrol_till(engine, clock, "Counter", merchant)
    with engine.connect() as connection:
        assert [till.merchant for till in list_tills(connection)] == ["brew", "roast"]
        assert [till.merchant for till in list_tills(connection, "roast")] == ["roast"]
        with pytest.raises(NotFound, match='no merchant "rost"'):
            list_tills(connection, "rost")


def test_revoked_till_stays_in_the_list_and_keeps_its_moment(engine: Engine, apply: Apply, clock: ManualClock) -> None:
    apply()
    enrol_till(engine, clock, "Counter")
    clock.advance(timedelta(hours=1))
    with engine.begin() as connection:
        first = revoke_till(connection, merchant="roast", store="gare", name="Counter", clock=clock)
    clock.advance(timedelta(hours=1))
    with engine.begin() as connection:
        again = revoke_till(connection, merchant="roast", store="gare", name="Counter", clock=clock)
        (till,) = list_tills(connection)
    assert first == again == till.revoked_at == START + timedelta(hours=1)
    enrol_till(engine, clock, "Counter")
    with engine.connect() as connection:
        assert [till.revoked_at for till in list_tills(connection)] == [None]


def test_what_is_not_there_is_told(engine: Engine, apply: Apply, clock: ManualClock) -> None:
    apply()
    with engine.connect() as connection:
        with pytest.raises(NotFound, match='The store "gare" has no till "Counter"'):
            revoke_till(connection, merchant="roast", store="gare", name="Counter", clock=clock)
        with pytest.raises(NotFound, match=r'no store "garre"\. Known: gare, kirchberg'):
            make_enrolment_code(connection, merchant="roast", store="garre", till="Counter", clock=clock)
        with pytest.raises(NotPossible, match="1 to 60 characters"):
            make_enrolment_code(connection, merchant="roast", store="gare", till=" ", clock=clock)


def test_closed_store_gets_no_till(engine: Engine, apply: Apply, clock: ManualClock) -> None:
    apply()
    apply(SHOP.replace('[[stores]]\nslug = "kirchberg"\nname = "Kirchberg"\n', ""))
    with engine.connect() as connection, pytest.raises(NotPossible, match='store "kirchberg" is closed'):
        make_enrolment_code(connection, merchant="roast", store="kirchberg", till="Counter", clock=clock)


def test_without_any_merchant_the_answer_says_how_to_make_one(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(NotFound, match=r"no merchant yet\. A merchant is made with"):
        list_tills(connection, "roast")
