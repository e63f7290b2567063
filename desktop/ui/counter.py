"""What the window works with: the till, its runner, the bridge, and what the cashier is in the middle of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from desktop.cashier.engine import Till
from desktop.cashier.outcome import SignedIn
from desktop.flow.first_run import Attempt, FirstRun
from desktop.flow.session import Session
from desktop.flow.training import Training
from desktop.preferences import Preferences
from desktop.present.pages.people.staff_view import Wanted
from desktop.present.pages.till.notice_view import notice_of
from desktop.present.views import ResultKind, ResultView, StaffTile
from desktop.sync.runner import Runner
from desktop.sync.state import SyncState
from desktop.trouble import KnownTrouble
from desktop.ui.bridge import Act, Bridge
from desktop.ui.devices import Devices
from desktop.ui.pages.page import Page
from desktop.ui.window import TillWindow

_T = TypeVar("_T")


@dataclass(slots=True)
class Asked:
    """A PIN that is being asked for.

    Attributes:
        then: what goes on once somebody entered it.
        from_page: where to return when nobody does.
        person: who was picked.
        outer: the PIN that was being asked for when this one came between: somebody is locked, and a manager is called.
        opens_at_ms: by the machine's uptime, when the lock of who was picked is over; None where there is none.
    """

    wanted: Wanted
    then: Callable[[SignedIn], None]
    from_page: Page
    person: StaffTile | None = None
    outer: "Asked | None" = None
    opens_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RealTill:
    """What waits while somebody trains.

    Attributes:
        sync: the runner's last news of it.
        training: the training that goes on.
    """

    till: Till
    runner: Runner
    session: Session
    sync: SyncState
    training: Training


@dataclass(slots=True)
class Counter:
    """One window's counter. Of the thread that paints alone.

    Attributes:
        preferences: what was chosen for this till.
        devices: printer and loudspeaker.
        restyle: make the window what the preferences say; with True it is built anew.
        sync: the runner's last news.
        asked: the PIN being asked for, if one is.
        busy: an act is under way; another press of its key does nothing.
        first_run: where the first run stands, or the till's new enrolment; None once there is a till.
        attempt: the enrolment under way.
        real: the till that waits while somebody trains; None while nobody does.
        left_page: where the cashier was when somebody wanted to close the program.
        awaits_shop: the page is a notice that goes away with the first snapshot.
        refreshing, refresh_again: see `refresh`.
    """

    till: Till
    runner: Runner
    data_dir: Path
    bridge: Bridge
    window: TillWindow
    preferences: Preferences
    restyle: Callable[[bool], None]
    devices: Devices
    session: Session = field(default_factory=Session)
    sync: SyncState = field(default_factory=SyncState)
    asked: Asked | None = None
    busy: bool = False
    first_run: FirstRun | None = None
    attempt: Attempt | None = None
    real: RealTill | None = None
    left_page: Page = Page.IDLE
    awaits_shop: bool = False
    refreshing: bool = False
    refresh_again: bool = False

    @property
    def online(self) -> bool:
        """Whether the server answered at the last attempt; before the first, nobody knows that it would not."""
        return self.sync.online is not False

    def look(
        self,
        read: Callable[[], _T],
        show: Callable[[_T], None],
        troubled: Callable[[KnownTrouble], None] | None = None,
    ) -> None:
        """Read on the worker, show here."""
        self.bridge.run(Act(read, show, troubled or self.tell_trouble))

    def act(
        self,
        do: Callable[[], _T],
        done: Callable[[_T], None],
        troubled: Callable[[KnownTrouble], None] | None = None,
    ) -> None:
        """Do something on the worker that must not happen twice because a key was pressed twice."""
        if self.busy:
            return
        self.busy = True

        def finish(brought: _T) -> None:
            self.busy = False
            done(brought)

        def give_up(trouble: KnownTrouble) -> None:
            self.busy = False
            (troubled or self.tell_trouble)(trouble)

        self.bridge.run(Act(do, finish, give_up))

    def tell_trouble(self, trouble: KnownTrouble) -> None:
        """Known trouble with what was just asked for: it was not done, and this is why."""
        notice = notice_of(trouble)
        self.window.show_result(ResultView(ResultKind.REFUSED, notice.title, notice.detail), stays=True)
