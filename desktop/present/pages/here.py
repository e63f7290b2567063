"""What every page needs to say anything: which till this is, what it knows of its shop, what time it is there."""

from dataclasses import dataclass
from datetime import datetime

from desktop.cashier.counter.desk import reading
from desktop.cashier.engine import Till
from desktop.present.moments import moment_text
from desktop.present.sentences import Place
from desktop.store import identity
from desktop.store.identity import Identity
from desktop.store.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Here:
    """This till at this moment; `at` is its event time."""

    who: Identity
    shop: Knowledge
    at: datetime

    @property
    def place(self) -> Place:
        """What a sentence needs to know of this shop now."""
        return Place.of(self.shop, self.at)

    def moment(self, at: datetime) -> str:
        """A moment as the clock in the shop shows it."""
        return moment_text(at, self.at, self.shop.terms.timezone)


def read_here(till: Till) -> Here:
    """Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    with reading(till) as desk:
        return Here(identity.load(desk.connection), desk.shop, desk.at)
