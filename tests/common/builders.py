"""Scenes at a till: terms, a card, people and a moment, of which a test changes what it is about."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from common.card_code import CardNumber, CardToken
from common.ids import CardId, OperationKey, StaffId, StoreId, TillId
from common.ledger import TransactionKind
from common.rules.asks import Act, Ask
from common.rules.judge import NO_TOLERANCE, Approved, judge
from common.rules.refusals import Refused
from common.rules.standing import (
    CardStanding,
    LiveStamp,
    OriginalStanding,
    Role,
    StaffStanding,
    Standing,
    TillStanding,
)
from common.terms import Terms, day_start

NOON: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MOMENT: Final = timedelta(microseconds=1)
SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

GARE: Final = StoreId(uuid.UUID(int=0x10))
CENTRE: Final = StoreId(uuid.UUID(int=0x11))
FRONT_TILL: Final = TillId(uuid.UUID(int=0x20))
BACK_TILL: Final = TillId(uuid.UUID(int=0x21))
CARD: Final = CardId(uuid.UUID(int=0x30))
OTHER_CARD: Final = CardId(uuid.UUID(int=0x31))
STAMP_KEY: Final = OperationKey(uuid.UUID(int=0x40))

NUMBER: Final = CardNumber("000100000017")
TOKEN: Final = CardToken("TS1-0123456789ABCDEFGHJKMNPQRS")

BEN: Final = StaffStanding(id=StaffId(uuid.UUID(int=0x50)), role=Role.CASHIER)
CLEO: Final = StaffStanding(id=StaffId(uuid.UUID(int=0x51)), role=Role.CASHIER)
ANA: Final = StaffStanding(id=StaffId(uuid.UUID(int=0x52)), role=Role.MANAGER)


TERMS: Final = Terms()
STANDING: Final = Standing(
    store_id=GARE, till_id=FRONT_TILL, card=CardStanding(id=CARD, number=NUMBER, store_id=GARE), staff=BEN
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One ask at one moment, ready to be judged. Unless changed: Ben, a cashier, at the front till, at noon."""

    act: Act
    terms: Terms = TERMS
    standing: Standing = STANDING
    at: datetime = NOON
    staff_id: StaffId | None = BEN.id
    approved_by: StaffId | None = None
    tolerance: timedelta = NO_TOLERANCE

    def judge(self) -> Approved | Refused:
        ask = Ask(self.act, self.staff_id, self.approved_by)
        return judge(self.terms, self.standing, ask, self.at, tolerance=self.tolerance)

    def approved(self) -> Approved:
        answer = self.judge()
        assert isinstance(answer, Approved), answer
        return answer

    def refused(self) -> Refused:
        answer = self.judge()
        assert isinstance(answer, Refused), answer
        return answer

    def code(self) -> str | None:
        """The code of the refusal; None for a yes."""
        answer = self.judge()
        return answer.code.value if isinstance(answer, Refused) else None

    def doing(self, act: Act) -> "Scene":
        return replace(self, act=act)

    def under(self, **terms: Any) -> "Scene":
        return replace(self, terms=replace(self.terms, **terms))

    def on_card(self, **changes: Any) -> "Scene":
        assert self.standing.card is not None
        return self.where(card=replace(self.standing.card, **changes))

    def where(self, **changes: Any) -> "Scene":
        return replace(self, standing=replace(self.standing, **changes))

    def after(self, *stamps: LiveStamp | datetime) -> "Scene":
        """With these live stamps on the card; a mere moment is one stamp in the Gare."""
        live = tuple(stamp if isinstance(stamp, LiveStamp) else LiveStamp(stamp, GARE) for stamp in stamps)
        return self.where(live_stamps=live)

    def by(self, staff: StaffStanding | None) -> "Scene":
        """Signed in is somebody else, or nobody."""
        return replace(self.where(staff=staff), staff_id=None if staff is None else staff.id)

    def approved_by_staff(self, staff: StaffStanding) -> "Scene":
        return replace(self.where(approver=staff), approved_by=staff.id)

    def on_a_till(self, **changes: Any) -> "Scene":
        """Judged by the till itself, instead of by the server."""
        till = self.standing.till or TillStanding(offline_days_max=14)
        return self.where(till=replace(till, **changes))

    def moved(self, at: datetime) -> "Scene":
        return replace(self, at=at)

    def with_tolerance(self, tolerance: timedelta) -> "Scene":
        return replace(self, tolerance=tolerance)


def original(**changes: Any) -> OriginalStanding:
    """A stamp of Cleo's at the back till, an hour before noon: nobody's undo."""
    stamp: dict[str, Any] = {
        "key": STAMP_KEY,
        "kind": TransactionKind.STAMP,
        "card_id": CARD,
        "till_id": BACK_TILL,
        "staff_id": CLEO.id,
        "at": NOON - timedelta(hours=1),
        "stamps": 1,
    }
    return OriginalStanding(**stamp | changes)


def span_of_day(terms: Terms, day: date) -> tuple[datetime, datetime]:
    """When a business day begins, and when the next one does."""
    return day_start(terms, day), day_start(terms, day + DAY)
