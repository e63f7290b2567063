"""What the window shows, as frozen plain values.

Every text here is ready to be read: times are already in the merchant's zone, numbers already have their
dashes, and sentences are whole. A widget takes one of these values and draws it; it never asks the domain
anything.
"""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How serious something is; the window turns it into colour, icon and word together.

    `PERSON` (red) is only for what somebody must do something about. What merely waits is `WAITING` (amber).
    """

    OK = "ok"
    WAITING = "waiting"
    PERSON = "person"
    NEUTRAL = "neutral"


class OperationState(StrEnum):
    """Where an operation stands: on this till only, or with one of the server's three verdicts."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    PARKED = "parked"


class CardAct(StrEnum):
    """What a cashier can do to the card in hand."""

    STAMP = "stamp"
    REDEEM = "redeem"
    VOID = "void"


class ResultKind(StrEnum):
    """How an act ended: done and confirmed, done on this till only, or not done."""

    DONE = "done"
    PROVISIONAL = "provisional"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class StripView:
    """The status strip. The texts say what the figures mean: "Offline since 14:02", "12 waiting, oldest 3 h".

    `trouble_text` is trouble that no operation carries: "Enrol this till again". It is empty when there is none.
    `notice_text` is what will be trouble if nobody sees to it: "Connect within 5 h", "Clock 7 min fast".
    `rejected_text` says of the parked ones too. `person_text` is who works here, or that nobody does yet.
    `training`: nothing counts here.
    `look_again_ms`: what is said here changes by itself after so long; 0 where it does not.
    """

    online: bool
    link_text: str
    waiting: int
    waiting_text: str
    rejected: int
    rejected_text: str
    last_sync_text: str
    trouble_text: str = ""
    parked: int = 0
    person_text: str = ""
    notice_text: str = ""
    look_again_ms: int = 0
    training: bool = False

    @property
    def tone(self) -> Tone:
        """The worst that is so. Never `OK` while something waits, whether the till is online or not."""
        if self.rejected or self.trouble_text:
            return Tone.PERSON
        if self.waiting or self.parked or self.notice_text:
            return Tone.WAITING
        return Tone.OK if self.online else Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation in a list. `key` is the operation's key as text; `sentence` says why, when it was
    rejected or parked.
    """

    key: str
    at_text: str
    what: str
    card_number: str
    state: OperationState
    sentence: str = ""
    voidable: bool = False


@dataclass(frozen=True, slots=True)
class ActionView:
    """A button of the card page. Where it is not `enabled`, `why_not` says so in a few words: "Next stamp at
    14:32".
    """

    act: CardAct
    label: str
    key_hint: str
    enabled: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class StampsView:
    """The stamps on a card.

    `confirmed` + `provisional` is the balance shown; `provisional` are those that this till has not had
    confirmed yet. `count_text` is "7 of 10"; `rewards_text` is "2 rewards ready", or empty when there is
    none.
    """

    confirmed: int
    provisional: int
    target: int
    count_text: str
    rewards_ready: int = 0
    rewards_text: str = ""


@dataclass(frozen=True, slots=True)
class StampCardView:
    """The card page. `primary` is the one sensible thing to do now, and is one of `actions`; None when there
    is none.

    `as_of_text` is the age of the balance when offline ("As of Tue 18:02, 2 of yours since"), `next_stamp_text`
    when the next stamp may be given ("Next stamp at 14:32"); either may be empty. `stamps_max` is how many one visit
    may earn now; `blocked_text` says since when the card is blocked, or is empty.
    """

    card_id: str
    first_name: str | None
    number: str
    stamps: StampsView
    reward: str
    actions: tuple[ActionView, ...]
    primary: CardAct | None
    next_stamp_text: str = ""
    as_of_text: str = ""
    history: tuple[OperationRow, ...] = ()
    stamps_max: int = 1
    blocked_text: str = ""


@dataclass(frozen=True, slots=True)
class StaffTile:
    """A person to pick. `note` is their role, or why they cannot sign in now ("Locked until 14:32").

    `locked_for_s` is for how long they cannot; `attempts_left` how many they have after a wrong PIN, or None.
    """

    staff_id: str
    name: str
    note: str = ""
    locked: bool = False
    locked_for_s: int = 0
    attempts_left: int | None = None

    @property
    def initials(self) -> str:
        """First letters of the first and the last word of the name: "Ana Maria Weber" gives "AW"."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass(frozen=True, slots=True)
class PinView:
    """The PIN pad. `message` is "4 attempts left", "Locked until 14:32" or "Checking…"; `wrong` when the last
    PIN was. `locked_for_s` is how long the pad stays shut from the moment this was read; 0 where it is open.
    """

    name: str
    message: str = ""
    wrong: bool = False
    accepts: bool = True
    locked_for_s: int = 0


@dataclass(frozen=True, slots=True)
class ResultView:
    """How the act just done ended: a few large words, and one sentence under them. A `silent` one is not heard."""

    kind: ResultKind
    title: str
    detail: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class IdleView:
    """The page to which the till returns. `title` is the window's: shop, store and till."""

    title: str
    rows: tuple[OperationRow, ...]


@dataclass(frozen=True, slots=True)
class NewCardView:
    """A card that was just begun, or `replaced` a lost one: then it has its stamps already.

    `qr` are the rows of its QR code, true for a dark module, quiet zone left out.
    """

    card_id: str
    number: str
    first_name: str
    qr: tuple[tuple[bool, ...], ...]
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class NewCardWish:
    """What a new card is to be: the code of a printed one that was scanned (empty: a number of its own), and whose.

    Phone and e-mail are empty unless the customer agreed that they are kept.
    """

    code: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class StaffView:
    """Who may be asked for a PIN, and for what: "Who is working?", "A manager must approve this"."""

    title: str
    people: tuple[StaffTile, ...]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """Something that a person must know, and what to do about it; `button` is what can be done here, if anything."""

    tone: Tone
    title: str
    detail: str
    button: str = ""
