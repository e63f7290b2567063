"""What every verb shares: its options, its exit statuses, and how it says yes, no and trouble."""

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from common.clock import SystemClock
from common.rules.refusals import RefusalCode, Refused
from desktop.cashier.engine import NOBODY, By, Till
from desktop.cashier.outcome import SignedIn
from desktop.cashier.people.sign_in import colleagues, sign_in
from desktop.cashier.unanswered import take_back_unanswered
from desktop.main import load_secrets, open_till, read_till
from desktop.present.console import Json, No, Refusable, aligned, no_of, sentence_of
from desktop.present.exchange_sentences import failure_sentence
from desktop.present.sentences import Place
from desktop.settings import Settings, load_settings
from desktop.sync.line.failures import Busy, Failure, NotOurs, Unreachable

_PIN_LINE_MAX: Final = 1_000
"""A PIN has six digits; standard input may be anything."""


class Exit(IntEnum):
    """The process's exit status."""

    DONE = 0
    TROUBLE = 1
    USAGE = 2
    OFFLINE = 3
    REFUSED = 4


@dataclass(frozen=True, slots=True)
class Options:
    """The options that stand before or after the verb."""

    data_dir: Path | None = None
    staff: str | None = None
    as_json: bool = False


DataDir = Annotated[Path | None, typer.Option("--data-dir", metavar="DIR", help="The folder of the till's book.")]
Staff = Annotated[
    str | None, typer.Option("--staff", metavar="NAME", help="Who works; their PIN is read from standard input.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Card = Annotated[str, typer.Argument(metavar="CARD", help="A card's number or token.")]


def merged(ctx: typer.Context, data_dir: Path | None, staff: str | None, as_json: bool) -> Options:
    """A verb's own options over those that stood before it."""
    before = ctx.obj if isinstance(ctx.obj, Options) else Options()
    return Options(data_dir or before.data_dir, staff or before.staff, as_json or before.as_json)


@contextmanager
def writing(options: Options) -> Iterator[tuple[Till, Settings]]:
    """The till, its book held by this process alone. Raises KnownTrouble."""
    settings = load_settings(options.data_dir)
    with open_till(settings, SystemClock()) as till:
        take_back_unanswered(till)
        yield till, settings


@contextmanager
def reading(options: Options) -> Iterator[Till]:
    """The till to read only, also while a window holds its book. Raises KnownTrouble."""
    with read_till(load_settings(options.data_dir), SystemClock()) as till:
        yield till


def signed_in(options: Options, till: Till, settings: Settings) -> By:
    """Who works: whom `--staff` names, once the PIN on standard input was right; else nobody."""
    if options.staff is None:
        return NOBODY
    wanted = options.staff.strip().casefold()
    member = next((one.member for one in colleagues(till) if one.member.name.casefold() == wanted), None)
    if member is None:
        refuse_act(options, till, Refused(RefusalCode.STAFF_NOT_ALLOWED, {"name": options.staff}))
    load_secrets(till, settings)
    answer = sign_in(till, member.id, _read_pin())
    if not isinstance(answer, SignedIn):
        refuse_act(options, till, answer)
    return By(answer.staff_id)


def _read_pin() -> str:
    """The first line of standard input; from a person at a terminal, without showing it."""
    return (getpass.getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline(_PIN_LINE_MAX)).strip()


def say(options: Options, content: Json, lines: list[str]) -> None:
    """What was asked for, on standard output: for programs or for people."""
    typer.echo(json.dumps(content, ensure_ascii=False) if options.as_json else "\n".join(lines))


def refuse_act(options: Options, till: Till, value: Refusable) -> NoReturn:
    """Say why an act was refused, and end."""
    if till.knowledge is None:
        raise ValueError("no act can be refused before the shop's rules were read")
    refuse(options, no_of(value), sentence_of(value, Place.of(till.knowledge, till.clock.now())))


def refuse(options: Options, no: No, sentence: str) -> NoReturn:
    """Say no, with the code, its detail and its sentence, and end."""
    say(
        options,
        {"refused": no.code, "detail": no.detail, "sentence": sentence},
        [f"Refused: {no.code}", sentence, *aligned((f"  {name}", value) for name, value in no.detail.items())],
    )
    raise typer.Exit(Exit.REFUSED)


def complain(sentence: str) -> None:
    """Say what went wrong, on standard error."""
    typer.echo(sentence, err=True)


def fail(failure: Failure, server_url: str) -> NoReturn:
    """Say why the exchange failed, and end."""
    complain(failure_sentence(failure, server_url))
    offline = isinstance(failure, Unreachable | NotOurs | Busy)
    raise typer.Exit(Exit.OFFLINE if offline else Exit.TROUBLE)
