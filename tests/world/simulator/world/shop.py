"""The merchant: the shop file as it is now, and what it says once it was applied."""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Engine

from common.clock import Clock
from server.access.enrolment import make_code
from server.merchant.apply import apply_shop_file
from server.merchant.names import find_merchant, find_open_store
from server.merchant.shop_file import parse_shop_file
from server.merchant.tills import revoke_till
from server.store.engine import in_transaction
from tests.helpers.shop import CHEAP

SLUG: Final = "roast"
STORES: Final = ("gare", "port")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here. `store` None: in every store."""

    name: str
    pin: str
    manager: bool = False
    store: str | None = None


PEOPLE: Final = (
    Person("Ana", "4821", manager=True),
    Person("Ben", "1357"),
    Person("Cleo", "2468", store="gare"),
    Person("Dan", "9753", manager=True, store="port"),
)


@dataclass(slots=True)
class Shop:
    """What the merchant decides. A change counts once it is applied."""

    terms: dict[str, Any]
    offline_days_max: int = 14
    people: list[Person] = field(default_factory=lambda: list(PEOPLE))
    closed: bool = False

    def apply(self, office: Engine, clock: Clock) -> None:
        """`tillstamp-server apply shop.toml`."""
        shop = parse_shop_file(self._file(), name="shop.toml")
        apply_shop_file(office, shop, clock, file_name="shop.toml", pin_cost=CHEAP)

    def _file(self) -> str:
        lines = ["[merchant]", f'slug = "{SLUG}"', 'name = "Roast & Co"', f"offline_days_max = {self.offline_days_max}"]
        lines += ["[program]", 'name = "Coffee card"', f"inactive = {_toml(self.closed)}"]
        lines += ["[terms]", *(f"{name} = {_toml(value)}" for name, value in self.terms.items())]
        for store in STORES:
            lines += ["[[stores]]", f'slug = "{store}"', f'name = "{store.title()}"']
        for person in self.people:
            role = "manager" if person.manager else "cashier"
            lines += ["[[staff]]", f'name = "{person.name}"', f'pin = "{person.pin}"', f'role = "{role}"']
            lines += [] if person.store is None else [f'stores = ["{person.store}"]']
        return "\n".join(lines)


def enrolment_code(office: Engine, clock: Clock, store: str, till: str) -> str:
    """`tillstamp-server enrol-code`."""
    return in_transaction(
        office,
        lambda connection: (
            make_code(
                connection,
                merchant_id=(merchant := find_merchant(connection, SLUG)),
                store_id=find_open_store(connection, merchant, store),
                till_name=till,
                now=clock.now(),
            ).code
        ),
    )


def revoke(office: Engine, clock: Clock, store: str, till: str) -> None:
    """`tillstamp-server tills revoke`."""
    in_transaction(
        office, lambda connection: revoke_till(connection, merchant=SLUG, store=store, name=till, clock=clock)
    )


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'
