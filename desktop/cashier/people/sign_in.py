"""Say who is working, by name and PIN; lock who guesses; let a manager unlock a colleague.

One attempt takes two transactions with the slow check between them, outside both: the attempt is counted and
committed, then Argon2 runs for some tens of milliseconds while the till goes on stamping, then the outcome is
committed. The last allowed attempt locks before it is checked and unlocks when it was right, so that a till killed
between the two leaves a lock, never a free guess.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from common import pin as pins
from common.ids import StaffId
from common.rules.refusals import RefusalCode, Refused
from common.rules.standing import Role
from common.wire.operations import LockoutOperation
from desktop.cashier.counter.desk import Desk, reading, writing
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Locked, NoPin, SignedIn, Unlocked, WrongPin
from desktop.store import operations, pin_attempts
from desktop.store.knowledge import PinCheck, StaffMember
from desktop.store.operations import Trace
from desktop.store.pin_attempts import Attempts
from desktop.trouble import NotSyncedYet, SecretsUnreachable


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may sign in here.

    Attributes:
        locked_until: while they may not try.
        attempts_left: after a wrong PIN; None where there was none.
    """

    member: StaffMember
    locked_until: datetime | None = None
    attempts_left: int | None = None


def colleagues(till: Till) -> tuple[Colleague, ...]:
    """Who may work in this till's store now, by name."""
    with reading(till) as desk:
        members = [one for one in desk.shop.staff.values() if _may_work(desk, one)]
        return tuple(_colleague(desk, one) for one in members)


def colleague(till: Till, staff_id: StaffId) -> Colleague | None:
    """One of them, as they are now; None for somebody who may not work here, or no longer."""
    with reading(till) as desk:
        member = desk.shop.staff.get(staff_id)
        return _colleague(desk, member) if member is not None and _may_work(desk, member) else None


def sign_in(till: Till, staff_id: StaffId, pin: str) -> SignedIn | WrongPin | Locked | NoPin | Refused:
    """Check a PIN. Takes tens of milliseconds by design: never on a thread that paints.

    Also how a manager approves: who is signed in then goes into `By.approved_by`. Raises SecretsUnreachable while the
    till's PIN key is not at hand, NotSyncedYet while the PINs here belong to a key that was replaced.
    """
    secrets = till.secrets
    if secrets is None:
        raise SecretsUnreachable("the PIN key is not loaded")
    asked = _count_attempt(till, staff_id)
    if not isinstance(asked, _Attempt):
        return asked
    check = asked.check
    right = pins.matches(pin, salt=check.salt, cost=check.cost, pin_key=secrets.pin_key, expected=check.verifier)
    return _settle_attempt(till, asked, right=right)


def unlock(till: Till, manager: SignedIn, staff_id: StaffId) -> Unlocked | Refused:
    """Let a colleague try again, on the word of a manager whose PIN was right."""
    with writing(till) as desk:
        approver = desk.shop.staff.get(manager.staff_id)
        if approver is None or approver.standing.role is not Role.MANAGER or not _may_work(desk, approver):
            return Refused(RefusalCode.MANAGER_REQUIRED)
        member = desk.shop.staff.get(staff_id)
        if member is None:
            return Refused(RefusalCode.STAFF_NOT_ALLOWED)
        pin_attempts.forget(desk.connection, staff_id)
    return Unlocked(member.name)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An attempt that is counted and not yet checked."""

    member: StaffMember
    check: PinCheck
    attempts: Attempts


def _count_attempt(till: Till, staff_id: StaffId) -> _Attempt | Locked | NoPin | Refused:
    with writing(till) as desk:
        if desk.verifiers_void:
            raise NotSyncedYet
        member = desk.shop.staff.get(staff_id)
        if member is None or not _may_work(desk, member):
            return Refused(RefusalCode.STAFF_NOT_ALLOWED)
        if member.pin is None:
            return NoPin(member.name)
        before = pin_attempts.read(desk.connection, staff_id)
        if before.locked_until is not None and before.is_locked(desk.at):
            # Where the till was killed between lock and report, the report is made up for.
            _report(desk, staff_id, before)
            return Locked(member.name, before.locked_until)
        lock = timedelta(minutes=desk.shop.pin_lock_minutes)
        most = desk.shop.pin_attempts_max
        attempts = pin_attempts.count_one(desk.connection, staff_id, before, desk.at, most, lock)
        return _Attempt(member, member.pin, attempts)


def _settle_attempt(till: Till, asked: _Attempt, *, right: bool) -> SignedIn | WrongPin | Locked:
    member, attempts = asked.member, asked.attempts
    if not right and attempts.locked_until is None:
        with reading(till) as desk:
            return WrongPin(desk.shop.pin_attempts_max - attempts.failures)
    with writing(till) as desk:
        if right:
            pin_attempts.forget(desk.connection, member.id)
            return SignedIn(member.id, member.name, member.standing.role, desk.at)
        _report(desk, member.id, attempts)
    till.on_recorded()
    return Locked(member.name, attempts.locked_until or desk.at)


def _report(desk: Desk, staff_id: StaffId, attempts: Attempts) -> None:
    """Queue the lock's operation, once for each lock."""
    if attempts.reported:
        return
    operation = desk.operation(LockoutOperation, By(staff_id), None, failures=attempts.failures)
    if isinstance(operation, LockoutOperation):
        operations.append(desk.connection, operation, operation.kind, desk.at, Trace())
    pin_attempts.mark_reported(desk.connection, staff_id)


def _may_work(desk: Desk, member: StaffMember) -> bool:
    return member.standing.may_work(desk.shop.store_id, desk.at)


def _colleague(desk: Desk, member: StaffMember) -> Colleague:
    attempts = pin_attempts.read(desk.connection, member.id)
    if attempts.is_locked(desk.at):
        return Colleague(member, locked_until=attempts.locked_until)
    # A lock that ran out leaves nothing behind: the count begins anew.
    if attempts.locked_until is not None or attempts.failures == 0:
        return Colleague(member)
    return Colleague(member, attempts_left=desk.shop.pin_attempts_max - attempts.failures)
