"""A till at work, and the window that shows it: what every picture is made from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from desktop.cashier.engine import By, Till
from desktop.present.pages.cards.card_view import read_card
from desktop.present.pages.here import read_here
from desktop.present.pages.till.strip_view import read_strip
from desktop.present.views import StampCardView
from desktop.sync.state import SyncState
from desktop.ui.pages.page import Page
from desktop.ui.window import TillWindow
from tests.desktop import shop

ONLINE: Final = SyncState(online=True)
WORKER: Final = By(shop.BEN)


@dataclass(frozen=True, slots=True)
class Scene:
    """A till at work, and the window that shows it."""

    till: Till
    window: TillWindow

    @property
    def worker(self) -> str:
        """Who is signed in."""
        return read_here(self.till).shop.staff[shop.BEN].name

    def card(self, place: int, *, online: bool = True) -> StampCardView:
        view = read_card(self.till, WORKER, shop.card_id(place), online=online)
        assert view is not None
        return view


@dataclass(frozen=True, slots=True)
class Picture:
    """Attributes:
    page: what is shown.
    hang: puts the content on it.
    online: whether the strip says so.
    """

    page: Page
    hang: Callable[[Scene], object]
    online: bool = True


def strip(scene: Scene, *, online: bool) -> None:
    """The strip above every page."""
    now = read_here(scene.till).at
    sync = ONLINE if online else SyncState(online=False, offline_since=now - timedelta(hours=1, minutes=12))
    scene.window.strip.set_view(read_strip(scene.till, sync, scene.worker))
    scene.window.strip.show()
