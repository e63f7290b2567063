"""Every way to say no has its sentence; none shows a code, a name of ours or an unfilled place."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.card_code import ScanProblem
from common.rules.refusals import DetailValue, RefusalCode, Refused
from common.wire.push import Outcome, Verdict, WireCode
from desktop import settings
from desktop.autostart import AutostartUnwritable
from desktop.cashier.outcome import AlreadyACard, Locked, Mistyped, NoPin, UnknownCard, Unreadable, Unusable, WrongPin
from desktop.preferences import PreferencesUnwritable
from desktop.present import sentences
from desktop.present.sentences import Place, Said
from desktop.settings import DataDirInvalid, SettingsInvalid
from desktop.store.cards import KnownCard, view
from desktop.sync import rescue
from desktop.sync.rescue import ExportUnwritable
from desktop.trouble import BookTrouble, KnownTrouble, SecretsMissing, SecretsUnreadable, SecretsUnwritable
from tests.desktop.shop import GARE, PORT, card_id, key, number, token
from tests.helpers.clock import START

PLACE = Place(START, "Europe/Luxembourg", "Free coffee", {str(GARE): "Gare", str(PORT): "Port"})

DETAILS: dict[RefusalCode, dict[str, DetailValue]] = {
    RefusalCode.VISIT_LIMIT: {"limit": 1},
    RefusalCode.COOLDOWN: {
        "until": START + timedelta(minutes=10),
        "other_at": START - timedelta(minutes=5),
        "other_store_id": PORT,
    },
    RefusalCode.DAILY_LIMIT: {"limit": 5, "today": 5},
    RefusalCode.OTHER_STORE: {"store_id": GARE},
    RefusalCode.INSUFFICIENT_STAMPS: {"balance": 7, "target": 10},
    RefusalCode.VOID_TOO_OLD: {"days_max": 30},
    RefusalCode.OFFLINE_TOO_LONG: {"oldest_waiting_at": START - timedelta(days=13)},
}
CODES = [code.value for code in (*RefusalCode, *WireCode)]
PLUMBING = re.compile(r"\{|\}|None|(?-i:[a-z]_[a-z])|uuid|synced|Traceback|\d{4}-\d\d-\d\d|  | \.", re.IGNORECASE)


def _is_human(text: str) -> bool:
    return text[0].isupper() and text.endswith((".", "?")) and not PLUMBING.search(text) and text not in CODES


def _all_human(said: Said) -> bool:
    return _is_human(said.text) and (not said.to_customer or _is_human(said.to_customer))


@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_is_said(code: RefusalCode) -> None:
    said = sentences.refusal(Refused(code, DETAILS.get(code, {})), PLACE)
    assert _all_human(said), said


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.PARKED])
def test_every_rejection_is_said_even_without_its_detail(code: str, outcome: Outcome) -> None:
    said = sentences.rejection(Verdict(key=key(1), seq=1, outcome=outcome, code=code, ver=2), PLACE)
    assert _all_human(said), said
    if outcome is Outcome.PARKED and code != "key_reused":
        assert said.text.startswith("Waiting" if code == "awaiting_recovery" else "In review"), said


def test_a_code_of_a_newer_server_is_told_in_general() -> None:
    said = sentences.rejection(Verdict(key=key(1), seq=1, outcome=Outcome.REJECTED, code="moon_phase", ver=2), PLACE)
    assert said.text == "The server did not accept this. Tell your manager."


def test_sentences_differ() -> None:
    said = [sentences.refusal(Refused(code, DETAILS.get(code, {})), PLACE).text for code in RefusalCode]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("code", "text", "to_customer"),
    [
        (
            RefusalCode.COOLDOWN,
            "Next stamp at 11:10. Last stamp 10:55 at Port.",
            "Your next stamp is possible at 11:10.",
        ),
        (RefusalCode.VISIT_LIMIT, "One visit earns at most 1 stamp.", "I can give at most 1 stamp for one visit."),
        (RefusalCode.INSUFFICIENT_STAMPS, "Not full yet: 7 of 10.", "Your card has 7 of 10 stamps."),
        (
            RefusalCode.OTHER_STORE,
            "Rewards of this card are handed out only where it was begun: Gare.",
            "This reward is waiting for you where you got the card: Gare.",
        ),
        (
            RefusalCode.VOID_TOO_OLD,
            "Too long ago: only what is at most 30 days old can be taken back.",
            "",
        ),
    ],
)
def test_details_are_filled_in_in_the_shops_own_time(code: RefusalCode, text: str, to_customer: str) -> None:
    assert sentences.refusal(Refused(code, DETAILS[code]), PLACE) == Said(text, to_customer)


def test_a_rejection_of_the_wire_reads_as_the_refusal_of_the_till() -> None:
    detail: dict[str, Any] = {
        "until": "2026-11-22T10:10:00.000000Z",
        "other_at": "2026-11-22T09:55:00.000000Z",
        "other_store_id": str(PORT),
    }
    verdict = Verdict(key=key(1), seq=1, outcome=Outcome.REJECTED, code="cooldown", detail=detail, ver=2)
    code = RefusalCode.COOLDOWN
    assert sentences.rejection(verdict, PLACE) == sentences.refusal(Refused(code, DETAILS[code]), PLACE)


def test_a_store_that_is_gone_is_left_out() -> None:
    detail = DETAILS[RefusalCode.COOLDOWN] | {"other_store_id": card_id(1)}
    assert sentences.refusal(Refused(RefusalCode.COOLDOWN, detail), PLACE).text.endswith("Last stamp 10:55.")


@pytest.mark.parametrize("problem", ScanProblem)
def test_every_scan_problem_is_said(problem: ScanProblem) -> None:
    assert _all_human(sentences.scan_problem(problem))
    assert sentences.not_found(Unreadable(problem)) == sentences.scan_problem(problem)


def test_every_other_way_to_end_is_said() -> None:
    card = view(KnownCard(card_id=card_id(1), number=number(1), token=token(1), store_id=GARE), (), GARE)
    said = [
        sentences.not_found(UnknownCard(token(1))),
        sentences.not_found(Mistyped("123456789010")),
        sentences.not_found(AlreadyACard(card)),
        *(sentences.unusable(Unusable(field)) for field in ("name", "email", "something_new")),
        sentences.pin_answer(WrongPin(1), PLACE),
        sentences.pin_answer(WrongPin(2), PLACE),
        sentences.pin_answer(Locked("Ben", START + timedelta(minutes=30)), PLACE),
        sentences.pin_answer(NoPin("Cleo"), PLACE),
    ]
    assert [one for one in said if not _all_human(one)] == []
    assert said[6].text == "Wrong PIN. 1 attempt left."
    assert said[8].text == "Ben is locked on this till until 11:30. A manager can unlock them."


def _subclasses(kind: type[KnownTrouble]) -> set[type[KnownTrouble]]:
    return {kind}.union(*(_subclasses(one) for one in kind.__subclasses__()))


def _raised(kind: type[KnownTrouble]) -> KnownTrouble:
    path = Path("/srv/till/till.db")
    if issubclass(
        kind,
        AutostartUnwritable
        | BookTrouble
        | ExportUnwritable
        | PreferencesUnwritable
        | SecretsUnreadable
        | SecretsUnwritable,
    ):
        return kind(path, "no space left")
    if issubclass(kind, DataDirInvalid):
        return kind(path)
    if issubclass(kind, SettingsInvalid):
        return kind(path, "there is no setting of that name")
    return kind()


# The modules that hold trouble of their own are imported, or their classes would not be counted.
TROUBLES = sorted(
    {
        kind
        for kind in _subclasses(KnownTrouble)
        if kind.__module__.startswith(("desktop", settings.__name__, rescue.__name__))
    },
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", TROUBLES)
def test_every_trouble_has_words_of_its_own(kind: type[KnownTrouble]) -> None:
    sentence = sentences.trouble_sentence(_raised(kind))
    assert _is_human(sentence), sentence
    if kind not in {KnownTrouble, BookTrouble}:
        general = {sentences.trouble_sentence(KnownTrouble()), sentences.trouble_sentence(BookTrouble(Path("x")))}
        assert sentence not in general


def test_a_trouble_without_words_has_its_parents() -> None:
    class KeyTorn(SecretsMissing):
        """A kind that nobody worded."""

    assert sentences.trouble_sentence(KeyTorn()) == sentences.trouble_sentence(SecretsMissing())


def test_a_moment_of_another_day_names_the_day() -> None:
    earlier: datetime = START - timedelta(days=13)
    said = sentences.refusal(Refused(RefusalCode.OFFLINE_TOO_LONG, {"oldest_waiting_at": earlier}), PLACE)
    assert "9 Nov 11:00" in said.text
