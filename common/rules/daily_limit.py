"""Rules 6 and 8: how many stamps one visit, and one business day, may bring."""

from common.rules.asks import Stamp
from common.rules.case import Case
from common.rules.refusals import RefusalCode, Refused
from common.terms import business_day


def within_visit_limit(case: Case) -> Refused | None:
    limit = case.terms.visit_limit
    if _count(case) <= limit:
        return None
    return Refused(RefusalCode.VISIT_LIMIT, {"limit": limit})


def within_daily_limit(case: Case) -> Refused | None:
    limit, today = case.terms.daily_limit, stamps_today(case)
    if today + _count(case) <= limit:
        return None
    return Refused(RefusalCode.DAILY_LIMIT, {"limit": limit, "today": today})


def stamps_today(case: Case) -> int:
    """The card's live stamps on the business day of the ask, without the ask itself."""
    day = business_day(case.terms, case.at)
    return sum(stamp.count for stamp in case.standing.live_stamps if day.begins <= stamp.at < day.ends)


def _count(case: Case) -> int:
    return case.ask.act.count if isinstance(case.ask.act, Stamp) else 0
