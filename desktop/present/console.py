"""What the command line says: domain values as JSON objects, and as lines for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from common.card_code import format_number
from common.ledger import rewards_available
from common.rules.refusals import Refused
from common.times import to_wire
from desktop.cashier.looking.activity import Activity
from desktop.cashier.outcome import (
    AlreadyACard,
    Locked,
    Mistyped,
    NoPin,
    Recorded,
    UnknownCard,
    Unreadable,
    Unusable,
    WrongPin,
)
from desktop.cashier.people.shift import ShiftReport
from desktop.present import sentences
from desktop.present.sentences import Place
from desktop.store.identity import Enrolment, Identity
from desktop.store.operations import QueueCounts
from desktop.store.setback.news import Setback, SetbackNews

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class No:
    """Any way to be refused at the command line: a stable code, and its data."""

    code: str
    detail: Json = field(default_factory=dict)


Refusable = Refused | UnknownCard | Mistyped | Unreadable | AlreadyACard | Unusable | WrongPin | Locked | NoPin


def no_of(value: Refusable) -> No:
    """The code and the detail of a refusal."""
    match value:
        case Refused(code, detail):
            return No(code.value, plain(detail))
        case UnknownCard(code):
            return No("card_not_found", {"code": code})
        case Mistyped(number):
            return No("wrong_check_digit", {"number": number})
        case Unreadable(problem):
            return No("not_a_card", {"problem": problem.value})
        case AlreadyACard(card):
            return No("card_code_taken", {"number": card.number})
        case Unusable(name):
            return No("invalid_operation", {"field": name})
        case WrongPin(left):
            return No("wrong_pin", {"attempts_left": left})
        case Locked(name, until):
            return No("locked", {"name": name, "until": to_wire(until)})
        case NoPin(name):
            return No("no_pin", {"name": name})


def sentence_of(value: Refusable, place: Place) -> str:
    """The same no as the window words it."""
    match value:
        case Refused():
            return sentences.refusal(value, place).text
        case UnknownCard() | Mistyped() | Unreadable() | AlreadyACard():
            return sentences.not_found(value).text
        case Unusable():
            return sentences.unusable(value).text
        case WrongPin() | Locked() | NoPin():
            return sentences.pin_answer(value, place).text


def plain(value: Mapping[str, Any]) -> Json:
    """Data as JSON takes it: moments on the wire's own form, ids as text."""
    return {name: _plain(one) for name, one in value.items()}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return to_wire(value)
        case date() | UUID():
            return str(value)
        case Enum():
            return value.value
        case _:
            return value


def aligned(rows: Iterable[tuple[str, Any]]) -> list[str]:
    """Names in one column, values in the next; rows without a value are left out."""
    kept = [(name, str(value)) for name, value in rows if value not in (None, "")]
    width = max((len(name) for name, _ in kept), default=0)
    return [f"{name:<{width}}  {value}" for name, value in kept]


def card_json(recorded: Recorded) -> Json:
    """The operation just recorded, and its card as it is shown now."""
    answer = recorded.answer
    return {
        "key": str(recorded.key),
        "kind": recorded.kind.value,
        "at": to_wire(recorded.at),
        "card_id": str(recorded.card.card_id),
        "card_number": recorded.card.number,
        "stamp_count": recorded.card.balance,
        **({} if answer is None else {name: _plain(getattr(answer, name)) for name in answer.__dataclass_fields__}),
    }


def stamped_lines(recorded: Recorded, timezone: str | None) -> list[str]:
    """A stamp, for the person who gave it."""
    answer = recorded.answer
    if answer is None:
        raise ValueError("a stamp always has an answer")
    ready = rewards_available(answer.stamp_count, answer.stamps_target)
    return aligned(
        [
            ("Card", format_number(answer.card_number)),
            ("Stamps", f"{answer.stamp_count} of {answer.stamps_target}"),
            ("Reward", _reward(answer.reward, ready)),
            ("Today", f"{answer.stamps_today}, {answer.stamps_left_today} more allowed"),
            ("Next stamp", clock_text(answer.next_stamp_at, timezone)),
            ("Key", recorded.key),
        ]
    )


def _reward(reward: str, ready: int) -> str | None:
    if not ready:
        return None
    return f"{reward}: ready" if ready == 1 else f"{reward}: {ready} ready"


def recorded_lines(what: str, recorded: Recorded) -> list[str]:
    """Any other act."""
    return [
        what,
        *aligned(
            [
                ("Card", format_number(recorded.card.number)),
                ("Stamps", recorded.card.balance),
                ("Missing", recorded.shortfall or None),
                ("Key", recorded.key),
            ]
        ),
    ]


def clock_text(moment: datetime, timezone: str | None) -> str:
    """A moment as the clock in the shop shows it: `2026-11-22 10:15`. Before the shop's zone is known, in UTC."""
    there = moment.astimezone(UTC if timezone is None else ZoneInfo(timezone))
    return f"{there:%Y-%m-%d %H:%M}" + (" UTC" if timezone is None else "")


_STANDING = {
    Enrolment.ENROLLED: "enrolled",
    Enrolment.MUST_ENROL_AGAIN: "must be enrolled again",
    Enrolment.UPDATE_NEEDED: "this program is too old for the server",
}


def status_json(
    who: Identity, counts: QueueCounts, recent: Iterable[Activity], setback: SetbackNews | None = None
) -> Json:
    """How the till stands, from its book alone."""
    return {
        "till": {"id": str(who.till_id), "name": who.till_name, "number": who.till_number},
        "store": who.store_name,
        "merchant": who.merchant_name,
        "server": who.server_url,
        "enrolment": who.enrolment.value,
        "online": who.offline_since is None,
        "offline_since": _moment(who.offline_since),
        "last_contact_at": to_wire(who.contact.server_time),
        "last_push_at": _moment(who.last_push_at),
        "last_pull_at": _moment(who.last_pull_at),
        "synced_ver": who.synced_ver,
        "epoch": who.epoch,
        "waiting": counts.waiting,
        "oldest_waiting_at": _moment(counts.oldest_waiting_at),
        "rejected": counts.rejected,
        "parked": counts.parked,
        "setback": None
        if setback is None
        else {"what": setback.setback.value, "at": to_wire(setback.at), "regained": setback.regained},
        "recent": [
            {
                "key": str(one.operation.key),
                "kind": one.operation.kind.value,
                "at": to_wire(one.operation.at),
                "card_number": one.card_number,
                "staff": one.staff_name,
                "state": one.operation.state.value,
                "code": None if one.operation.verdict is None else one.operation.verdict.code,
                "detail": {} if one.operation.verdict is None else plain(one.operation.verdict.detail),
            }
            for one in recent
        ],
    }


_SETBACK = {
    Setback.TILL_BEHIND: "an older copy of this book was restored",
    Setback.DIVERGED: "an older copy was restored, or a second computer works as this till",
}


def status_lines(
    who: Identity,
    counts: QueueCounts,
    recent: Iterable[Activity],
    timezone: str | None,
    setback: SetbackNews | None = None,
) -> list[str]:
    """The same for people."""

    def clock(moment: datetime) -> str:
        return clock_text(moment, timezone)

    offline = who.offline_since
    oldest = counts.oldest_waiting_at
    lines = aligned(
        [
            ("Till", f"{who.till_name} (number {who.till_number}), {who.store_name}, {who.merchant_name}"),
            ("Server", who.server_url),
            ("Standing", _STANDING[who.enrolment]),
            ("Line", "in reach at the last attempt" if offline is None else f"offline since {clock(offline)}"),
            ("Last contact", clock(who.contact.server_time)),
            ("Waiting", counts.waiting if oldest is None else f"{counts.waiting}, the oldest of {clock(oldest)}"),
            ("Rejected", f"{counts.rejected} to look at"),
            ("In review", counts.parked),
            ("Set back", setback and f"{_SETBACK[setback.setback]}; {setback.regained} operations came back"),
        ]
    )
    rows = [_activity_row(one, clock(one.operation.at)) for one in recent]
    return lines if not rows else [*lines, "", *_table(rows)]


def shift_json(report: ShiftReport) -> Json:
    """A shift, and what each cashier did in it."""
    return {
        "opened_at": to_wire(report.opened_at),
        "opened_by": report.opened_by,
        "closed_at": _moment(report.closed_at),
        "closed_by": report.closed_by,
        "waiting": report.waiting,
        "waiting_at_close": report.waiting_at_close,
        "cashiers": [
            {
                "staff": one.name,
                "stamps": one.figures.stamps,
                "rewards": one.figures.rewards,
                "voids": one.figures.voids,
                "rejected": one.figures.rejected,
            }
            for one in report.cashiers
        ],
    }


def shift_lines(report: ShiftReport, timezone: str | None) -> list[str]:
    """The same for people."""
    closed_at = report.closed_at
    lines = aligned(
        [
            ("Opened", _by(clock_text(report.opened_at, timezone), report.opened_by)),
            ("Closed", "not yet" if closed_at is None else _by(clock_text(closed_at, timezone), report.closed_by)),
            ("Waiting", f"{report.waiting}, kept on this till until they are sent" if report.waiting else "nothing"),
        ]
    )
    rows = [
        (one.name or "nobody by name", str(one.figures.stamps), str(one.figures.rewards), str(one.figures.voids))
        for one in report.cashiers
    ]
    return lines if not rows else [*lines, "", *_table([("Cashier", "Stamps", "Rewards", "Taken back"), *rows])]


def _by(at: str, name: str | None) -> str:
    return f"{at}, {name}" if name else at


def _activity_row(one: Activity, at: str) -> tuple[str, ...]:
    operation = one.operation
    code = None if operation.verdict is None else operation.verdict.code
    number = "" if one.card_number is None else format_number(one.card_number)
    state = operation.state.value if code is None else f"{operation.state.value}: {code}"
    return (at, operation.kind.value, number, one.staff_name or "", state, str(operation.key))


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else to_wire(moment)
