"""Till only: how long a till may go on without the server."""

from datetime import timedelta

from common.rules.case import Case
from common.rules.refusals import RefusalCode, Refused


def connected_lately(case: Case) -> Refused | None:
    """A day before the server would park the oldest waiting operation as too old, recording more stops."""
    till = case.standing.till
    if till is None or till.oldest_waiting_at is None:
        return None
    if case.at - till.oldest_waiting_at <= longest_wait(till.offline_days_max):
        return None
    return Refused(RefusalCode.OFFLINE_TOO_LONG, {"oldest_waiting_at": till.oldest_waiting_at})


def longest_wait(offline_days_max: int) -> timedelta:
    """How long the oldest operation may wait before nothing more is recorded behind it."""
    # Of a single day a whole one less would leave nothing: then half of it.
    return timedelta(days=max(offline_days_max - 1, offline_days_max / 2))
