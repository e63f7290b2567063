"""Every refusal and every known trouble as a human sentence. The one place where they are worded.

A sentence says what is so and what to do; never a code, never a name of ours. Where a customer stands waiting, a second
one is ready to be said to them. Every sentence is whole: none is put together from parts that another language would
order differently.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from types import MappingProxyType
from typing import Any, Final

from common.card_code import ScanProblem, format_number
from common.rules.refusals import RefusalCode, Refused
from common.wire.push import Outcome, Verdict, WireCode
from desktop.autostart import AutostartUnwritable
from desktop.cashier.outcome import AlreadyACard, Locked, Mistyped, NoPin, UnknownCard, Unreadable, Unusable, WrongPin
from desktop.preferences import PreferencesUnwritable
from desktop.present.language import N_, NN_, Plural, ntr, tr
from desktop.present.moments import moment_text
from desktop.settings import DataDirInvalid, SettingsInvalid
from desktop.store.knowledge import Knowledge
from desktop.sync.rescue import ExportUnwritable
from desktop.trouble import (
    BookDamaged,
    BookInUse,
    BookMissing,
    BookTooNew,
    BookTrouble,
    BookUnwritable,
    DiskFull,
    KeyringUnreachable,
    KnownTrouble,
    NoDisplay,
    NotEnrolled,
    NotSyncedYet,
    SecretsMissing,
    SecretsUnreachable,
    SecretsUnreadable,
    SecretsUnwritable,
    UpgradeFailed,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the cashier reads, and what the customer may be told; empty where it is none of theirs."""

    text: str
    to_customer: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What a sentence needs to know of the shop.

    Attributes:
        now: the till's event time; a moment of today is told by its time alone.
        stores: their names, by id as text.
    """

    now: datetime
    timezone: str
    reward: str
    stores: Mapping[str, str]

    @classmethod
    def of(cls, shop: Knowledge, now: datetime) -> "Place":
        names = {str(store_id): name for store_id, name in shop.stores.items()}
        return cls(now, shop.terms.timezone, shop.terms.reward, names)


_REFUSALS: Final[dict[RefusalCode, Said]] = {
    RefusalCode.INVALID_OPERATION: Said(N_("That cannot be asked of a card: check the count.")),
    RefusalCode.CARD_NOT_FOUND: Said(
        N_("This till knows no such card. Scan it again, or begin a new card."),
        N_("I cannot find your card; may I scan it again?"),
    ),
    RefusalCode.CARD_INACTIVE: Said(
        N_("This card is blocked. A manager can unblock it."), N_("Your card is blocked; let me ask a manager.")
    ),
    RefusalCode.PROGRAM_INACTIVE: Said(
        N_("The stamp program has ended."), N_("I am sorry, our stamp program has ended.")
    ),
    RefusalCode.STAMPS_DISABLED: Said(
        N_("This shop's program gives no stamps."), N_("I am sorry, our program does not use stamps any more.")
    ),
    RefusalCode.STAFF_REQUIRED: Said(N_("Pick your name and enter your PIN first.")),
    RefusalCode.STAFF_NOT_ALLOWED: Said(N_("This person may not work in this store now. Sign in as somebody else.")),
    RefusalCode.VISIT_LIMIT: Said(N_("One visit does not earn that many stamps.")),
    RefusalCode.COOLDOWN: Said(
        N_("Too soon after the last stamp."), N_("It is a little too soon for your next stamp.")
    ),
    RefusalCode.DAILY_LIMIT: Said(
        N_("Today's stamps are given already."), N_("Your card already has today's stamps; gladly again tomorrow.")
    ),
    RefusalCode.OTHER_STORE: Said(
        N_("Rewards of this card are handed out only where it was begun."),
        N_("This reward is waiting for you where you got the card."),
    ),
    RefusalCode.INSUFFICIENT_STAMPS: Said(N_("The card is not full yet."), N_("Your card is not full yet.")),
    RefusalCode.VOIDS_NOT_ALLOWED: Said(N_("This shop takes no stamps back, except within a minute by who gave them.")),
    RefusalCode.ORIGINAL_NOT_FOUND: Said(N_("What you want to take back is not on this card.")),
    RefusalCode.ORIGINAL_REJECTED: Said(N_("There is nothing to take back: the server did not accept it.")),
    RefusalCode.ALREADY_VOIDED: Said(N_("This was already taken back.")),
    RefusalCode.VOID_TOO_OLD: Said(N_("That was too long ago to be taken back.")),
    RefusalCode.MANAGER_REQUIRED: Said(N_("This needs a manager's PIN."), N_("One moment, I need a manager for this.")),
    RefusalCode.NOTHING_TO_VOID: Said(N_("The card has no stamps to take back.")),
    RefusalCode.CARD_CODE_TAKEN: Said(
        N_("This card's code is used already, or was replaced. Take another blank card."),
        N_("I will take another card for you."),
    ),
    RefusalCode.ALREADY_CARRIED_OVER: Said(
        N_("A paper card was already brought over to this card."),
        N_("Your paper card's stamps are already on this card."),
    ),
    RefusalCode.REDEEM_NEEDS_CONNECTION: Said(
        N_("The reward must not be handed out now: the server has to confirm these stamps first."),
        N_("I cannot check your card just now; your stamps are safe, please ask again next time."),
    ),
    RefusalCode.OFFLINE_TOO_LONG: Said(
        N_("This till has been offline too long: connect it before you go on."),
        N_("I cannot stamp just now; please keep your receipt."),
    ),
}

_IN_DETAIL: Final[dict[RefusalCode, tuple[Said, ...]]] = {
    RefusalCode.COOLDOWN: (
        Said(
            N_("Next stamp at {until}. Last stamp {other_at} at {store}."),
            N_("Your next stamp is possible at {until}."),
        ),
        Said(N_("Next stamp at {until}. Last stamp {other_at}."), N_("Your next stamp is possible at {until}.")),
    ),
    RefusalCode.DAILY_LIMIT: (
        Said(
            N_("Today's stamps are given: {today} of {limit}."),
            N_("Your card already has today's stamps; gladly again tomorrow."),
        ),
    ),
    RefusalCode.OTHER_STORE: (
        Said(
            N_("Rewards of this card are handed out only where it was begun: {store}."),
            N_("This reward is waiting for you where you got the card: {store}."),
        ),
    ),
    RefusalCode.INSUFFICIENT_STAMPS: (
        Said(N_("Not full yet: {balance} of {target}."), N_("Your card has {balance} of {target} stamps.")),
    ),
    RefusalCode.OFFLINE_TOO_LONG: (
        Said(
            N_("This till has been offline too long (since {oldest_waiting_at}): connect it before you go on."),
            N_("I cannot stamp just now; please keep your receipt."),
        ),
    ),
}
"""The same with what the refusal brought, the most telling first. A detail that a newer or older server left out must
not cost the sentence: then a plainer one is said.
"""


@dataclass(frozen=True, slots=True)
class _Counted:
    """Sentences that count a detail."""

    detail: str
    text: Plural
    to_customer: Plural | None = None


_COUNTED: Final = {
    RefusalCode.VISIT_LIMIT: _Counted(
        "limit",
        NN_("One visit earns at most {count} stamp.", "One visit earns at most {count} stamps."),
        NN_("I can give at most {count} stamp for one visit.", "I can give at most {count} stamps for one visit."),
    ),
    RefusalCode.VOID_TOO_OLD: _Counted(
        "days_max",
        NN_(
            "Too long ago: only what is at most {count} day old can be taken back.",
            "Too long ago: only what is at most {count} days old can be taken back.",
        ),
    ),
}

_WIRE: Final[dict[WireCode, Said]] = {
    WireCode.KEY_REUSED: Said(
        N_("Not accepted: another operation was recorded under the same key. Tell your manager.")
    ),
    WireCode.UNREADABLE: Said(N_("In review: the server could not read this operation. Nothing is lost.")),
    WireCode.UNKNOWN_KIND: Said(N_("In review: the server does not know this kind of operation yet. Nothing is lost.")),
    WireCode.UNKNOWN_TERMS: Said(N_("In review: the server does not know the rules this was recorded by.")),
    WireCode.TOO_OLD: Said(N_("In review: it reached the server too long after it happened.")),
    WireCode.AWAITING_RECOVERY: Said(
        N_("Waiting: the server's data is being restored. This will be confirmed by itself.")
    ),
    WireCode.BEHIND_PARKED: Said(N_("In review: something earlier on this card has to be decided first.")),
    WireCode.TILL_REVOKED: Said(N_("In review: this till had been signed off when it arrived. Enrol the till again.")),
    WireCode.SERVER_ERROR: Said(N_("In review: the server could not work with this operation. Nothing is lost.")),
    WireCode.REJECTED_BY_MERCHANT: Said(N_("Not accepted: the office looked at it and said no. Ask your manager.")),
}

_IN_REVIEW: Final = N_("In review: {reason}")
_SAY_IN_REVIEW: Final = frozenset(_WIRE) - {WireCode.KEY_REUSED, WireCode.REJECTED_BY_MERCHANT}
_NOT_ACCEPTED: Final = Said(N_("The server did not accept this. Tell your manager."))

_SCANS: Final[dict[ScanProblem, Said]] = {
    ScanProblem.EMPTY: Said(N_("Nothing was scanned. Scan the card again.")),
    ScanProblem.INCOMPLETE: Said(N_("Only a part of the code was read. Scan the card again, or type its 12 digits.")),
    ScanProblem.RUBBISH: Said(N_("This is not one of our cards. Scan the code on the stamp card.")),
}

_MISTYPED: Final = N_("The number {number} has a typing mistake. Check the digits and type it again.")
_ALREADY_A_CARD: Final = Said(N_("This card is in use already: {number}."), N_("You already have this card."))

_UNUSABLE: Final = N_("{field}: that cannot be kept as it is. It is empty, too long, or has unusual characters.")
_A_TEXT: Final = N_("Text")
_FIELDS: Final = {
    "name": N_("Name"),
    "phone": N_("Phone number"),
    "email": N_("E-mail address"),
    "reason": N_("Reason"),
    "notes": N_("Note"),
    "count": N_("Number of stamps"),
}

_WRONG_PIN: Final = NN_("Wrong PIN. {count} attempt left.", "Wrong PIN. {count} attempts left.")
_LOCKED: Final = N_("{name} is locked on this till until {moment}. A manager can unlock them.")
_NO_PIN: Final = N_("{name} has no PIN yet. A manager can give one at the server.")

_NO_PLACES: Final[Mapping[str, str]] = MappingProxyType({})

_TROUBLES: Final[dict[type[KnownTrouble], str]] = {
    BookInUse: N_("Tillstamp is already open on this till. Use that window, or close it first."),
    BookMissing: N_("There is no till in {folder}. Enrol it first, or name the right folder."),
    BookTooNew: N_("A newer Tillstamp has used this till's data. Update this program; the data was left as it is."),
    BookDamaged: N_(
        "This till's data ({path}) cannot be read. Do not delete it: keep a copy, and have it looked at; "
        "the last copy made before an update lies beside it."
    ),
    BookUnwritable: N_("The system does not let Tillstamp write its data ({path}). Check the disk and its rights."),
    DiskFull: N_("The disk is full: nothing was recorded. Make room on the disk, then do it again."),
    UpgradeFailed: N_(
        "This till's data could not be brought up to date, and was left as it was. Start Tillstamp again."
    ),
    BookTrouble: N_("This till's data ({path}) cannot be used."),
    NoDisplay: N_(
        "There is no display to open a window on. Use the till's commands (--help), or set QT_QPA_PLATFORM=offscreen."
    ),
    NotEnrolled: N_("This till belongs to no shop yet. Enrol it with a code from the server."),
    NotSyncedYet: N_("This till has not received the shop's rules yet. Connect it to the server once."),
    SecretsUnreachable: N_("This till's key is not at hand yet. Try again in a moment; what is recorded is safe."),
    KeyringUnreachable: N_(
        "The keyring that holds this till's key is locked or out of reach. Unlock it and start Tillstamp again; "
        "what is recorded is safe."
    ),
    SecretsUnreadable: N_(
        "This till's key is in {path}, and cannot be read ({cause}). Let this user read that file, "
        "then start Tillstamp again; what is recorded is safe."
    ),
    SecretsUnwritable: N_(
        "This till's key cannot be kept in {path} ({cause}). Make room there, or let this user write there, "
        "then enrol with a new code."
    ),
    SecretsMissing: N_("This till's key is gone. Enrol the till again; what is recorded stays."),
    DataDirInvalid: N_(
        "This till's data cannot lie in {path}: that is not a folder. Name the right one with --data-dir."
    ),
    AutostartUnwritable: N_(
        "The system does not let Tillstamp write {path} ({cause}). Let this user write there, then choose again."
    ),
    PreferencesUnwritable: N_(
        "The choice cannot be kept in {path} ({cause}). Make room there, or let this user write there."
    ),
    SettingsInvalid: N_("The settings in {path} cannot be used: {problem}."),
    ExportUnwritable: N_("The file {path} cannot be written: {cause}."),
    KnownTrouble: N_("Something around this till does not work. What is recorded is safe."),
}


def refusal(refused: Refused, place: Place) -> Said:
    """The till's own no."""
    return _refusal(refused.code, refused.detail, place)


def rejection(verdict: Verdict, place: Place) -> Said:
    """Why the server rejected or parked an operation of this till's. A code of a newer server's is told in general."""
    code = verdict.code
    if code in set(WireCode):
        said = _told(_WIRE[WireCode(code)])
    elif code in set(RefusalCode):
        said = _refusal(RefusalCode(code), verdict.detail, place)
    else:
        said = _told(_NOT_ACCEPTED)
    if verdict.outcome is Outcome.PARKED and code not in _SAY_IN_REVIEW:
        return Said(tr(_IN_REVIEW).format(reason=said.text), said.to_customer)
    return said


def not_found(outcome: UnknownCard | Mistyped | Unreadable | AlreadyACard) -> Said:
    """What came of a scan that did not do what it was for."""
    match outcome:
        case UnknownCard():
            return _told(_REFUSALS[RefusalCode.CARD_NOT_FOUND])
        case Mistyped(number):
            return Said(tr(_MISTYPED).format(number=format_number(number)))
        case Unreadable(problem):
            return scan_problem(problem)
        case AlreadyACard(card):
            return _told(_ALREADY_A_CARD, {"number": format_number(card.number)})


def scan_problem(problem: ScanProblem) -> Said:
    """A scan that no card can have."""
    return _told(_SCANS[problem])


def unusable(outcome: Unusable) -> Said:
    """A text that cannot be kept."""
    return Said(tr(_UNUSABLE).format(field=tr(_FIELDS.get(outcome.field, _A_TEXT))))


def pin_answer(outcome: WrongPin | Locked | NoPin, place: Place) -> Said:
    """Why somebody could not sign in."""
    match outcome:
        case WrongPin(left):
            return Said(ntr(*_WRONG_PIN, left))
        case Locked(name, until):
            return Said(tr(_LOCKED).format(name=name, moment=moment_text(until, place.now, place.timezone)))
        case NoPin(name):
            return Said(tr(_NO_PIN).format(name=name))


def trouble_sentence(trouble: KnownTrouble) -> str:
    """What is wrong around the till, and what to do. Of a kind without words of its own, its parent's."""
    message = next(_TROUBLES[kind] for kind in type(trouble).__mro__ if kind in _TROUBLES)
    path = getattr(trouble, "path", None)
    return tr(message).format(
        path=path,
        folder=None if path is None else path.parent,
        problem=getattr(trouble, "problem", ""),
        cause=getattr(trouble, "cause", ""),
    )


def _told(said: Said, places: Mapping[str, str] = _NO_PLACES) -> Said:
    return Said(tr(said.text).format_map(places), tr(said.to_customer).format_map(places))


def _refusal(code: RefusalCode, detail: Mapping[str, Any], place: Place) -> Said:
    counted = _COUNTED.get(code)
    if counted is not None and counted.detail in detail:
        count = int(detail[counted.detail])
        return Said(ntr(*counted.text, count), ntr(*counted.to_customer, count) if counted.to_customer else "")
    places = _places(detail, place)
    for said in _IN_DETAIL.get(code, ()):
        if _named(said.text) <= places.keys():
            return _told(said, places)
    return _told(_REFUSALS[code])


def _named(message: str) -> set[str]:
    """The places of a message."""
    return {name for _, name, _, _ in Formatter().parse(message) if name}


def _places(detail: Mapping[str, Any], place: Place) -> dict[str, str]:
    """Details as they are read: moments in the shop's zone, stores by their names; one that is gone has none."""
    places = {}
    for name, value in detail.items():
        if name in {"store_id", "other_store_id"}:
            if str(value) in place.stores:
                places["store"] = place.stores[str(value)]
        elif name in {"until", "other_at", "oldest_waiting_at"}:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            places[name] = moment_text(moment, place.now, place.timezone)
        else:
            places[name] = str(value)
    return places
