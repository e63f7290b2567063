"""Shops to show: one as they are, and one in which every name is as long as names get."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from common.ids import OperationKey, StaffId
from common.ledger import TransactionKind
from common.rules.standing import Role
from common.terms import PinPolicy, Terms
from common.wire.pull import CardRow, Changes, ProgramRow, StoreRow, TransactionRow
from common.wire.push import Outcome
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded
from desktop.cashier.people.shift import open_shift
from desktop.cashier.people.sign_in import sign_in
from desktop.cashier.redeem import redeem
from desktop.cashier.stamp import stamp
from tests.desktop import shop
from tests.helpers.clock import ManualClock

OPENING: Final = datetime(2026, 11, 24, 7, 2, tzinfo=UTC)
"""A Tuesday; in Luxembourg it is two past eight."""

_COLLEAGUES: Final = tuple(StaffId(UUID(int=40 + place)) for place in range(4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What people called things.

    Attributes:
        people: a manager and a cashier, then those without a PIN, who are locked or only stand there.
        customers: of the cards, from place 1 on; None for a card without a name.
    """

    merchant: str
    store: str
    other_store: str
    till: str
    reward: str
    target: int
    people: tuple[str, ...]
    customers: tuple[str | None, ...]


EVERYDAY: Final = Names(
    merchant="Roast & Co",
    store="Gare",
    other_store="Belval",
    till="Front",
    reward="Free coffee",
    target=10,
    people=("Ana Silva", "Ben Weber", "Claire Dupont", "Jonas Müller", "Léa Schmit", "Tun Hoffmann"),
    customers=("Sophie", "Marc Reuter", None, "Elisa Conti", "Paul", "Nadia Kieffer", None, "Tom", "Yara", "Hugo"),
)
LONG: Final = Names(
    merchant="Konditorei & Kaffeerösterei Schwarzenberger-Hohenstein Söhne",
    store="Luxembourg, Avenue de la Gare, place de Strasbourg",
    other_store="Esch-sur-Alzette, Belval Université",
    till="Verkaufstheke im Erdgeschoss links",
    reward="Großer Cappuccino mit Hafermilch und ein Stück gedeckter Apfelkuchen nach Wahl",
    target=30,
    people=(
        "Maximiliane-Alexandra von Schwarzenberg-Hohenstein",
        "Bartholomäus Oberhuber-Unterberger",
        "Jean-François de la Rochefoucauld-Montmorency",
        "Annemarie Wintersteiger-Obermüller",
        "Konstantin Papadopoulos-Theodorakopoulos",
        "Léopoldine Vandenbroucke-Vanderlinden",
    ),
    customers=(
        "Wilhelmina-Henriette von und zu Sonnenfels-Liechtenstein",
        "Maximilian Donaudampfschifffahrtsgesellschaftskapitän",
        None,
        "Marie-Antoinette de Saint-Exupéry",
        "Paul",
        "Nadia",
        None,
        "Tom",
        "Yara",
        "Hugo",
    ),
)

_BALANCES: Final = (0.7, 1.0, 0.3, 0.9, 2.1, 0.0, 0.4, 0.6, 0.5, 0.2)
"""Of the target."""


def open_gallery_shop(path: Path, names: Names) -> Till:
    """A till in the middle of a morning: some of it confirmed, some waiting, some rejected or in review."""
    clock = ManualClock(OPENING - timedelta(days=3))
    terms = Terms(
        pin_policy=PinPolicy.REQUIRED,
        timezone="Europe/Luxembourg",
        stamps_target=names.target,
        reward=names.reward,
        visit_limit=3,
    )
    till = shop.open_shop(path, clock, terms=terms, cards=_cards(names), transactions=_past(clock.now()))
    _rename(till, names)
    clock.advance(timedelta(days=3))
    shop.pull(till, Changes(), ver=21)
    _morning(till, clock)
    return till


def _cards(names: Names) -> list[CardRow]:
    return [
        shop.card_row(
            place,
            round(share * names.target),
            ver=2,
            name=customer,
            phone=f"+352 621 47{place:02} 1{place}" if customer else None,
            email=f"{customer.split()[0].lower()}@example.com" if customer and place % 2 else None,
        )
        for place, (customer, share) in enumerate(zip(names.customers, _BALANCES, strict=True), start=1)
    ]


def _past(now: datetime) -> list[TransactionRow]:
    """What the ledger says of the card at place 1, of both stores."""
    return [
        shop.transaction_row(
            1,
            shop.key(900 + place),
            now - timedelta(days=place * 2, hours=place),
            ver=3,
            store_id=shop.GARE if place % 2 else shop.PORT,
            kind=kind,
            delta=delta,
        )
        for place, (kind, delta) in enumerate(
            (
                (TransactionKind.STAMP, 1),
                (TransactionKind.STAMP, 2),
                (TransactionKind.REDEEM, -10),
                (TransactionKind.CARRY_OVER, 4),
                (TransactionKind.STAMP, 1),
            )
        )
    ]


def _rename(till: Till, names: Names) -> None:
    ana, ben, *others = names.people
    staff = [
        shop.staff_row(shop.ANA, ana, Role.MANAGER, ver=20),
        shop.staff_row(shop.BEN, ben, Role.CASHIER, ver=20),
        shop.staff_row(shop.CLEO, others[0], Role.CASHIER, ver=20),
        *(shop.staff_row(one, name, Role.CASHIER, ver=20) for one, name in zip(_COLLEAGUES, others[1:], strict=False)),
    ]
    shop.pull(
        till,
        Changes.model_construct(
            merchant=[shop.merchant_row(20, name=names.merchant)],
            program=[ProgramRow(id=shop.PROGRAM, name="Coffee card", ver=20)],
            stores=[
                StoreRow(id=shop.GARE, name=names.store, ver=20),
                StoreRow(id=shop.PORT, name=names.other_store, ver=20),
            ],
            terms=[],
            staff=staff,
            cards=[],
            aliases=[],
            transactions=[],
            verdicts=[],
            removed=[],
        ),
        ver=20,
    )
    with till.book.write() as connection:
        connection.execute(
            "UPDATE book SET till_name = ?, store_name = ?, merchant_name = ?",
            (names.till, names.store, names.merchant),
        )


def _morning(till: Till, clock: ManualClock) -> None:
    ana, ben = By(shop.ANA), By(shop.BEN)
    open_shift(till, ana)
    done: list[OperationKey] = []
    for by, place, count in (
        (ana, 4, 1),
        (ben, 6, 1),
        (ben, 8, 2),
        (ana, 9, 1),
        (ben, 10, 1),
        (ben, 3, 3),
        (ben, 7, 1),
    ):
        clock.advance(timedelta(minutes=7))
        done.append(_key(stamp(till, by, shop.card_id(place), count)))
    clock.advance(timedelta(minutes=3))
    done.append(_key(redeem(till, ben, shop.card_id(5))))
    rejected, parked = done[1], done[2]
    verdicts = [
        shop.verdict(key, Outcome.ACCEPTED, seq=seq, ver=30 + seq)
        for seq, key in enumerate(done[:-2], start=1)
        if key not in {rejected, parked}
    ]
    cooldown = {
        "until": (clock.now() + timedelta(minutes=4)).isoformat(),
        "other_at": (clock.now() - timedelta(minutes=41)).isoformat(),
        "other_store_id": str(shop.PORT),
    }
    shop.judged(
        till,
        *verdicts,
        shop.verdict(rejected, Outcome.REJECTED, seq=2, ver=50, code="cooldown", detail=cooldown),
        shop.verdict(parked, Outcome.PARKED, seq=3, ver=51, code="unknown_terms"),
    )
    clock.advance(timedelta(minutes=6))
    _key(stamp(till, ben, shop.card_id(1), 2))
    clock.advance(timedelta(minutes=2))
    for _ in range(3):
        sign_in(till, shop.BEN, "9999")


def _key(recorded: object) -> OperationKey:
    assert isinstance(recorded, Recorded), recorded
    return recorded.key
