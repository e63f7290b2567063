"""The reference: every operation judged a second time, in the order in which the server said it had arrived.

Whatever the run was like, the server must have said the same of each, booked the same, and told the cashier the same.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from tests.world.simulator.checks.days import day_of
from tests.world.simulator.checks.facts import Arrival, ShopFacts, Violation

LEEWAY: Final = timedelta(seconds=2)
UNDO: Final = timedelta(seconds=60)
BEHIND_PARKED: Final = ("card_not_found", "original_not_found", "insufficient_stamps")

Refusal = str | None


@dataclass(slots=True)
class Stamped:
    """A stamp or redemption that was judged. `stamps`: given, or for a redemption taken."""

    kind: str
    card: str | None
    at: datetime
    till: str
    store: str | None
    staff: str | None
    stamps: int = 0
    rejected: bool = False
    voided: bool = False
    live: bool = False


@dataclass(slots=True)
class Card:
    number: str
    token: str
    store: str | None
    balance: int = 0
    lifetime: int = 0
    redemptions: int = 0
    inactive_since: datetime | None = None
    status_changed_at: datetime | None = None
    carried_over: bool = False
    stamps: list[Stamped] = field(default_factory=list)

    def live_on(self, at: datetime, terms: Any) -> int:
        day = day_of(at, terms)
        return sum(one.stamps for one in self.stamps if one.live and day_of(one.at, terms) == day)


@dataclass(slots=True)
class Reference:
    """The merchant's whole book, kept by hand."""

    cards: dict[str, Card] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    events: dict[str, Stamped] = field(default_factory=dict)
    parked: dict[object, str | None] = field(default_factory=dict)

    def arrive(self, one: Arrival, shop: ShopFacts) -> None:
        """Judge what arrived, or what a person decided, compare, and book it. Raises Violation."""
        before = self._parked_before(one)
        decided = self.parked.pop(one.identity, self) is not self
        if one.code in ("server_error", "rejected_by_merchant"):
            self._set_aside(one, shop, decided=decided)
            return
        if one.kind == "unreadable":
            self._unreadable(one)
            return
        said = self.judge(one, shop, before if decided else None)
        if said != (one.outcome, one.code):
            raise Violation(f"{_named(one)}: the server says {one.outcome} {one.code}, the reference {said}")
        if one.outcome == "parked":
            self.parked[one.identity] = one.card_id
        elif one.outcome == "accepted":
            self._book(one, shop.terms[_version(one)])
        else:
            self._keep_rejected(one)

    def take(self, one: Arrival, shop: ShopFacts) -> None:
        """Book what was decided in another life of the server, without judging it again."""
        self.parked.pop(one.identity, None)
        if one.outcome == "accepted":
            self._book(one, shop.terms[_version(one)])
        elif one.outcome == "rejected":
            self._keep_rejected(one)

    def judge(self, one: Arrival, shop: ShopFacts, decided: set[str | None] | None = None) -> tuple[str, Refusal]:
        """Outcome and code. `decided`: a person had it judged after all; these cards had something parked before it."""
        said, at = one.content, _moment(one)
        if one.till in shop.revoked and decided is None:
            return "parked", "till_revoked"
        if said["terms_version"] not in shop.terms:
            return "parked", "unknown_terms"
        if decided is None and one.received_at - at > timedelta(days=shop.offline_days_max) and one.kind != "enrol":
            return "parked", "too_old"
        if _version(one) < said["terms_version"]:
            raise Violation(f"{_named(one)}: judged by terms {one.terms_version}, older than it names")
        terms = shop.terms[_version(one) if one.terms_version else said["terms_version"]]
        if day_of(at, terms) != one.business_date and one.outcome != "parked":
            raise Violation(f"{_named(one)}: booked on {one.business_date}, and it was {day_of(at, terms)}")
        refused = self._refuse(one, terms, shop)
        if refused is None:
            return "accepted", None
        parked = self._parked_before(one) if decided is None else decided
        if refused in BEHIND_PARKED and self._stays(said["card_id"]) in map(self._stays, parked):
            return "parked", "behind_parked"
        return "rejected", refused

    def _parked_before(self, one: Arrival) -> set[str | None]:
        """The cards that have something parked which came before this operation; all of them, where it is new."""
        came = list(self.parked)
        until = came.index(one.identity) if one.identity in self.parked else len(came)
        return {self.parked[identity] for identity in came[:until]} - {None}

    def _set_aside(self, one: Arrival, shop: ShopFacts, *, decided: bool) -> None:
        """What the server failed over is parked; what the merchant rejects is rejected. Nothing else is."""
        if one.line is not None:
            raise Violation(f"{_named(one)}: {one.code}, and in the ledger")
        if one.code == "rejected_by_merchant":
            if not decided or not shop.rejecting or one.outcome != "rejected":
                raise Violation(f"{_named(one)}: nobody rejected it")
            self._keep_rejected(one)
            return
        if one.key not in shop.failing or one.outcome != "parked":
            raise Violation(f"{_named(one)}: the server did not fail over it")
        self.parked[one.identity] = self._stays(one.card_id)

    def _stays(self, card_id: str | None) -> str | None:
        return None if card_id is None else self.aliases.get(card_id, card_id)

    def _card(self, one: Arrival) -> Card | None:
        return self.cards.get(self._stays(one.content["card_id"]) or "")

    # ── Judging ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _refuse(self, one: Arrival, terms: Any, shop: ShopFacts) -> Refusal:
        """The first rule that says no."""
        if one.kind == "lockout":
            return None
        if not _makes_sense(one, terms):
            return "invalid_operation"
        if one.kind == "enrol":
            return self._staff(one, terms, shop) or self._codes(one)
        card = self._card(one)
        return "card_not_found" if card is None else self._refuse_on(card, one, terms, shop)

    def _refuse_on(self, card: Card, one: Arrival, terms: Any, shop: ShopFacts) -> Refusal:
        said, at = one.content, _moment(one)
        if one.kind in ("stamp", "redeem", "carry_over") and (refused := _closed(card, at, terms, shop)):
            return refused
        if one.kind == "void" and not terms["allow_voids"] and not self._is_undo(one):
            return "voids_not_allowed"
        if refused := self._staff(one, terms, shop):
            return refused
        match one.kind:
            case "stamp":
                return self._stamp(card, said["count"], at, terms)
            case "redeem":
                if not terms["cross_store_redemption"] and card.store != one.store:
                    return "other_store"
                return None if card.balance >= terms["stamps_target"] else "insufficient_stamps"
            case "void":
                return self._void(one, card, terms, shop)
        if one.kind != "block" and not self._has_manager(one, terms, shop):
            return "manager_required"
        if one.kind == "carry_over" and card.carried_over:
            return "already_carried_over"
        return self._codes(one) if one.kind == "replace" else None

    def _stamp(self, card: Card, count: int, at: datetime, terms: Any) -> Refusal:
        if count > terms["visit_limit"]:
            return "visit_limit"
        cooldown = timedelta(minutes=terms["cooldown_minutes"]) - LEEWAY
        if any(one.live and abs(one.at - at) < cooldown for one in card.stamps):
            return "cooldown"
        return "daily_limit" if card.live_on(at, terms) + count > terms["daily_limit"] else None

    def _void(self, one: Arrival, card: Card, terms: Any, shop: ShopFacts) -> Refusal:
        if one.content.get("original") is None:
            if not self._has_manager(one, terms, shop):
                return "manager_required"
            return None if card.balance > 0 else "nothing_to_void"
        original = self._original(one)
        if original is None:
            return "original_not_found"
        if original.rejected:
            return "original_rejected"
        if original.voided:
            return "already_voided"
        if _moment(one) - original.at > timedelta(days=terms["void_days_max"]) and not self._is_undo(one):
            return "void_too_old"
        free = original.kind == "stamp" or self._is_undo(one) or self._has_manager(one, terms, shop)
        return None if free else "manager_required"

    def _original(self, one: Arrival) -> Stamped | None:
        """What a void names, if it is of the void's own card."""
        original = self.events.get(one.content.get("original") or "")
        same = original is not None and original.card == self._stays(one.content["card_id"])
        return original if same else None

    def _is_undo(self, one: Arrival) -> bool:
        original = self._original(one)
        return (
            original is not None
            and original.till == one.till
            and original.staff == one.content.get("staff_id")
            and abs(_moment(one) - original.at) <= UNDO
        )

    def _staff(self, one: Arrival, terms: Any, shop: ShopFacts) -> Refusal:
        if terms["pin_policy"] == "off":
            return None
        who = one.content.get("staff_id")
        if who is None:
            return "staff_required" if terms["pin_policy"] == "required" else None
        colleague = shop.staff.get(who)
        fits = colleague is not None and colleague.may_work(one.store or "", _moment(one))
        return None if fits else "staff_not_allowed"

    def _has_manager(self, one: Arrival, terms: Any, shop: ShopFacts) -> bool:
        named = (shop.staff.get(one.content.get(role) or "") for role in ("staff_id", "approved_by"))
        return terms["pin_policy"] == "off" or any(
            who is not None and who.manager and who.may_work(one.store or "", _moment(one)) for who in named
        )

    def _codes(self, one: Arrival) -> Refusal:
        number, token = one.content["number"], one.content["token"]
        if one.kind == "replace":
            return "card_code_taken" if number in self.codes or token in self.codes else None
        holder = self.codes.get(token)
        retired = holder is not None and self.cards[holder].token != token
        return "card_code_taken" if retired or self._card(one) is not None else None

    # ── Booking ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _book(self, one: Arrival, terms: Any) -> None:
        if one.kind == "lockout":
            return
        if one.kind == "enrol":
            self._enrol(one)
            return
        card = self._card(one)
        if card is None:
            raise Violation(f"{_named(one)}: accepted for a card that is not there")
        before = card.balance
        match one.kind:
            case "stamp":
                self._give(one, card)
            case "redeem":
                card.balance -= terms["stamps_target"]
                card.redemptions += 1
                self._remember(one, terms["stamps_target"])
            case "carry_over":
                card.balance += one.content["count"]
                card.lifetime += one.content["count"]
                card.carried_over = True
            case "void":
                self._take_back(one, card)
            case "replace":
                card.number, card.token = one.content["number"], one.content["token"]
                self._take_codes(one)
            case _:
                self._block(one, card)
        self._compare(one, card, card.balance - before, terms)

    def _give(self, one: Arrival, card: Card) -> None:
        card.balance += one.content["count"]
        card.lifetime += one.content["count"]
        given = self._remember(one, one.content["count"])
        given.live = True
        card.stamps.append(given)

    def _take_back(self, one: Arrival, card: Card) -> None:
        original = self._original(one)
        if original is not None and original.kind == "redeem":
            card.balance += original.stamps
            card.redemptions -= 1
            original.voided = True
            return
        asked = one.content["count"] if original is None else original.stamps
        taken = min(asked, card.balance)
        card.balance -= taken
        card.lifetime -= taken
        if original is not None:
            original.voided = True
            original.live = taken < asked
        shortfall = 0 if one.line is None else one.line.shortfall
        if shortfall != asked - taken:
            raise Violation(f"{_named(one)}: a shortfall of {shortfall}, and it was {asked - taken}")

    def _enrol(self, one: Arrival) -> None:
        card_id, number, token = one.content["card_id"], one.content["number"], one.content["token"]
        holder = self.codes.get(token)
        if holder is not None:
            if one.merged_into != holder:
                raise Violation(f"{_named(one)}: merged into {one.merged_into}, and {holder} has its token")
            self.aliases[card_id] = holder
            return
        if (one.number is not None) != (number in self.codes) or one.merged_into is not None:
            raise Violation(f"{_named(one)}: number {number}, and the verdict names {one.number}")
        if one.number in self.codes:
            raise Violation(f"{_named(one)}: the server's own number {one.number} is taken")
        self.cards[card_id] = Card(one.number or number, token, one.store)
        self._take_codes(one)

    def _take_codes(self, one: Arrival) -> None:
        card_id = self._stays(one.content["card_id"]) or ""
        for code in (one.number or one.content["number"], one.content["token"]):
            self.codes[code] = card_id

    def _block(self, one: Arrival, card: Card) -> None:
        at = _moment(one)
        if card.status_changed_at is not None and at < card.status_changed_at:
            return
        card.status_changed_at = at
        if one.kind == "unblock":
            card.inactive_since = None
        else:
            card.inactive_since = at if card.inactive_since is None else min(card.inactive_since, at)

    def _compare(self, one: Arrival, card: Card, delta: int, terms: Any) -> None:
        """The ledger's line and the verdict must say what the reference booked."""
        booked = None if one.line is None else (one.line.delta, one.line.balance_after, one.line.card_id)
        due = (delta, card.balance, self._stays(one.content["card_id"]))
        if one.kind in ("stamp", "redeem", "carry_over", "void") and booked != due:
            raise Violation(f"{_named(one)}: the ledger says {booked}, the reference {due}")
        if one.balance_after != card.balance:
            raise Violation(f"{_named(one)}: the verdict says {one.balance_after} stamps, the reference {card.balance}")
        if one.kind == "stamp":
            today = card.live_on(_moment(one), terms)
            target, count = terms["stamps_target"], one.content["count"]
            answer = {
                "stamp_count": card.balance,
                "stamps_until_reward": max(0, target - card.balance),
                "reward_earned": card.balance // target > (card.balance - count) // target,
                "stamps_today": today,
                "stamps_left_today": terms["daily_limit"] - today,
            }
            told = {name: one.detail.get(name) for name in answer}
            if told != answer:
                raise Violation(f"{_named(one)}: the cashier was told {told}, and it was {answer}")

    def _remember(self, one: Arrival, stamps: int = 0, *, rejected: bool = False) -> Stamped:
        card, staff = self._stays(one.content["card_id"]), one.content.get("staff_id")
        kept = Stamped(one.kind, card, _moment(one), one.till, one.store, staff, stamps, rejected)
        self.events[one.key or ""] = kept
        return kept

    def _keep_rejected(self, one: Arrival) -> None:
        if one.line is not None:
            raise Violation(f"{_named(one)}: rejected, and in the ledger")
        if one.kind in ("stamp", "redeem") and one.event_time is not None:
            self._remember(one, rejected=True)

    def _unreadable(self, one: Arrival) -> None:
        """What cannot be read is rejected or parked by its looks alone, and changes nothing."""
        looks = {("rejected", "invalid_operation"), ("parked", "unknown_kind"), ("parked", "unreadable")}
        looks.add(("rejected", "key_reused"))
        if (one.outcome, one.code) not in looks or one.line is not None:
            raise Violation(f"{_named(one)}: unreadable, and {one.outcome} {one.code}")
        if one.outcome == "parked":
            self.parked[one.identity] = self._stays(one.named_card)


def _closed(card: Card, at: datetime, terms: Any, shop: ShopFacts) -> Refusal:
    """Whether the card, the program or the merchant gives no stamps at all."""
    program_closed = shop.program_inactive_since
    if card.inactive_since is not None and at >= card.inactive_since:
        return "card_inactive"
    if program_closed is not None and at >= program_closed:
        return "program_inactive"
    return None if terms["stamps_enabled"] else "stamps_disabled"


def _makes_sense(one: Arrival, terms: Any) -> bool:
    if one.kind == "void":
        return (one.content.get("original") is None) != (one.content.get("count") is None)
    return one.kind != "carry_over" or 1 <= one.content["count"] <= terms["stamps_target"]


def _moment(one: Arrival) -> datetime:
    if one.event_time is None:
        raise Violation(f"{_named(one)}: judged without an event time")
    return one.event_time


def _version(one: Arrival) -> int:
    return one.terms_version or int(one.content["terms_version"])


def _named(one: Arrival) -> str:
    return f"{one.kind} {one.key} (ver {one.ver}, seq {one.seq})"
