"""Checks of a card's history: balances follow, each line is what its operation asked for, nothing is voided twice."""

from collections.abc import Iterator
from typing import Any

from common.ledger import TransactionKind
from common.terms import business_date
from server.operate.audit.card_history import CardHistory, Line

Problem = tuple[Line, str]

_VOIDABLE = (TransactionKind.STAMP, TransactionKind.REDEEM)


def balances_follow(history: CardHistory) -> Iterator[Problem]:
    balance = 0
    for line in history.lines:
        if line.balance_after != balance + line.delta:
            yield line, f"{balance} and {line.delta:+d} is {balance + line.delta}, the ledger says {line.balance_after}"
        if line.balance_after < 0:
            yield line, f"the balance is {line.balance_after}"
        # Go on from what is written, so that one wrong line is one finding.
        balance = line.balance_after


def lines_are_what_was_asked(history: CardHistory) -> Iterator[Problem]:
    by_key = {line.key: line for line in history.lines}
    for line in history.lines:
        if line.content is None or line.terms is None:
            continue
        if line.content.get("kind") != line.kind:
            yield line, f"the operation is a {line.content.get('kind')}, the ledger says {line.kind}"
            continue
        if line.replayed:
            continue
        written = (line.delta, line.lifetime_delta, line.redemptions_delta, line.shortfall)
        expected = _expected(line, line.content, line.terms.stamps_target, by_key)
        if written != expected:
            names = "balance {:+d}, lifetime {:+d}, redemptions {:+d}, shortfall {}"
            yield line, f"the ledger says {names.format(*written)}; it should be {names.format(*expected)}"


def _expected(line: Line, content: Any, stamps_target: int, by_key: dict[Any, Line]) -> tuple[int, int, int, int]:
    """Change of balance, of lifetime stamps and of redemptions, and the shortfall, as the operation has them."""
    count = content.get("count") or 0
    if line.kind is TransactionKind.REDEEM:
        return -stamps_target, 0, 1, 0
    if line.kind is not TransactionKind.VOID:
        return count, count, 0, 0
    original = None if line.original is None else by_key.get(line.original)
    if original is not None and original.kind is TransactionKind.REDEEM:
        return -original.delta, 0, -1, 0
    asked = count if original is None else original.delta
    taken = min(asked, line.balance_before)
    return -taken, -taken, 0, asked - taken


def verdicts_tell_what_was_booked(history: CardHistory) -> Iterator[Problem]:
    """What the cashier was told of a redemption or a void. Stamps are looked at with their neighbours."""
    for line in history.lines:
        if line.terms is None or line.replayed:
            continue
        reward = line.terms.reward if line.kind is TransactionKind.REDEEM else None
        if line.reward != reward:
            yield line, f"the ledger names the reward {line.reward}, and by its terms it is {reward}"
        expected: dict[str, Any] = {}
        if line.kind is TransactionKind.REDEEM:
            expected = {"reward": reward}
        elif line.kind is TransactionKind.VOID:
            back = {"taken": max(0, -line.delta), "returned": max(0, line.delta)}
            expected = {**back, "shortfall": line.shortfall}
        for name, value in expected.items():
            if line.answer.get(name) != value:
                yield line, f"its verdict says {name} {line.answer.get(name)}, and it was {value}"


def terms_are_none_older_than_named(history: CardHistory) -> Iterator[Problem]:
    for line in history.lines:
        named = (line.content or {}).get("terms_version")
        if line.terms is not None and named is not None and line.terms.version < named:
            yield line, f"it was judged by version {line.terms.version} of the terms, and it names {named}"


def redemptions_were_full(history: CardHistory) -> Iterator[Problem]:
    for line in history.lines:
        if line.kind is not TransactionKind.REDEEM or line.terms is None or line.replayed:
            continue
        if line.balance_before < line.terms.stamps_target:
            yield line, f"a reward for {line.balance_before} stamps, and the target is {line.terms.stamps_target}"


def nothing_is_voided_twice(history: CardHistory) -> Iterator[Problem]:
    voided: dict[Any, Line] = {}
    for line in history.lines:
        if line.kind is not TransactionKind.VOID or line.original is None:
            continue
        if line.original in voided:
            yield line, f"operation {line.original} was voided already by {voided[line.original].key}"
        voided[line.original] = line


def voids_name_what_was_there(history: CardHistory) -> Iterator[Problem]:
    """A void's original is an earlier stamp or redemption of the same card, and the one that the operation names."""
    earlier: dict[Any, Line] = {}
    for line in history.lines:
        if line.kind is TransactionKind.VOID and line.original is not None and not line.replayed:
            original = earlier.get(line.original)
            if original is None or original.kind not in _VOIDABLE:
                yield line, f"it voids {line.original}, which is no earlier stamp or redemption of this card"
        named = (line.content or {}).get("original")
        if (
            line.content is not None
            and not line.replayed
            and named != (None if line.original is None else str(line.original))
        ):
            yield line, f"the operation names the original {named}, the ledger {line.original}"
        earlier[line.key] = line


def void_flags_agree(history: CardHistory) -> Iterator[Problem]:
    """`voided_by` names the void, and a line counts for cooldown and limit unless it was taken back in full."""
    voids = {line.original: line for line in history.lines if line.kind is TransactionKind.VOID}
    for line in history.lines:
        void = voids.get(line.key)
        voided_by = None if void is None else void.key
        if line.voided_by != voided_by:
            yield line, f"it is marked as voided by {line.voided_by}, and it was voided by {voided_by}"
        live = void is None or void.shortfall > 0
        if line.live != live:
            yield line, f"it is marked as {_live(line.live)}, and it is {_live(live)}"


def _live(live: bool) -> str:
    return "live" if live else "taken back"


def carried_over_once(history: CardHistory) -> Iterator[Problem]:
    for line in [line for line in history.lines if line.kind is TransactionKind.CARRY_OVER][1:]:
        if not line.replayed:
            yield line, "stamps of a paper card were carried over more than once"


def business_days_agree(history: CardHistory) -> Iterator[Problem]:
    for line in history.lines:
        if line.terms is None:
            continue
        day = business_date(line.terms, line.event_time)
        if line.business_date != day:
            yield line, f"it is booked on {line.business_date}, and its business day is {day}"
