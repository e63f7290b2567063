"""When a till counts as silent."""

from datetime import timedelta
from typing import Final

SILENT_AFTER: Final = timedelta(minutes=15)
"""A till with a network is in contact every five minutes; this is three times."""
