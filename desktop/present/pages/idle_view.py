"""The page to which the till returns."""

from typing import Final

from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.operation_rows import recent_rows
from desktop.present.views import IdleView

_ROWS: Final = 30


def read_idle(till: Till) -> IdleView:
    """Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    here = read_here(till)
    return IdleView(title=title_of(here), rows=recent_rows(activity.recent(till, _ROWS), here))


def title_of(here: Here) -> str:
    """The window's title: shop, store and till."""
    return f"{here.shop.merchant_name} · {here.who.store_name} · {here.who.till_name}"
