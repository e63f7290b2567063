"""What was rejected or parked, and nobody has acknowledged yet."""

from typing import Final

from desktop.cashier import activity
from desktop.cashier.engine import Till
from desktop.present.pages.here import read_here
from desktop.present.pages.operation_rows import attention_rows
from desktop.present.views import OperationRow

_ROWS: Final = 200


def read_attention(till: Till) -> tuple[OperationRow, ...]:
    """The oldest first. Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    return attention_rows(activity.needing_attention(till, _ROWS), read_here(till))
