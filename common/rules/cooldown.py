"""Rule 7: how soon after a stamp, or before one, the next may be given."""

from common.rules.case import Case
from common.rules.refusals import RefusalCode, Refused


def cooled_down(case: Case) -> Refused | None:
    """No live stamp of the card, before or after, is nearer than the cooldown; exactly the cooldown is allowed.

    Both sides of `at` count, because a stamp may arrive after one that was given later. With a cooldown of 15 minutes
    and a stamp at 10:00, 10:14:59 and 9:45:01 are too near, 10:15:00 and 9:45:00 are not.
    """
    nearest_allowed = case.terms.cooldown - case.tolerance
    too_near = [stamp for stamp in case.standing.live_stamps if abs(case.at - stamp.at) < nearest_allowed]
    if not too_near:
        return None
    # Of several, the latest: only after its cooldown can a stamp be given at all. The store decides between two of one
    # moment, so that the answer does not hang on the order of the history.
    other = max(too_near, key=lambda stamp: (stamp.at, stamp.store_id))
    return Refused(
        RefusalCode.COOLDOWN,
        {"until": other.at + case.terms.cooldown, "other_at": other.at, "other_store_id": other.store_id},
    )
