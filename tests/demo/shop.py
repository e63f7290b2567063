"""The demo's merchant: two stores, five people, one till in each store."""

from dataclasses import dataclass
from typing import Final

SLUG: Final = "roast"
TIMEZONE: Final = "Europe/Luxembourg"
TARGET: Final = 10

GARE: Final = "gare"
KIRCHBERG: Final = "kirchberg"
STORES: Final = {GARE: "Gare", KIRCHBERG: "Kirchberg"}
TILL_NAME: Final = "Counter"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a PIN. `store` None: works in every store."""

    name: str
    pin: str
    role: str
    store: str | None = None

    def works_in(self, store: str) -> bool:
        return self.store in (None, store)


MANAGER: Final = Person("Ana Weber", "4821", "manager")
PEOPLE: Final = (
    MANAGER,
    Person("Ben Lux", "1357", "cashier", GARE),
    Person("Chloé Martin", "2468", "cashier", GARE),
    Person("David Thill", "9753", "cashier", KIRCHBERG),
    Person("Emma Rossi", "8642", "cashier", KIRCHBERG),
)


def cashiers_of(store: str) -> tuple[Person, ...]:
    """Who stands at the till of a store."""
    return tuple(person for person in PEOPLE if person.store == store)


def shop_file(cooldown_minutes: int = 15) -> str:
    """What `tillstamp-server apply` takes."""
    parts = [
        f'[merchant]\nslug = "{SLUG}"\nname = "Roast & Co"',
        '[program]\nname = "Coffee card"',
        f'[terms]\ntimezone = "{TIMEZONE}"\nstamps_target = {TARGET}\nreward = "Free coffee"\n'
        f"cooldown_minutes = {cooldown_minutes}\ndaily_limit = 5",
        *(f'[[stores]]\nslug = "{slug}"\nname = "{name}"' for slug, name in STORES.items()),
        *(_person(person) for person in PEOPLE),
    ]
    return "\n\n".join(parts) + "\n"


def _person(person: Person) -> str:
    stores = "" if person.store is None else f'\nstores = ["{person.store}"]'
    return f'[[staff]]\nname = "{person.name}"\npin = "{person.pin}"\nrole = "{person.role}"{stores}'
