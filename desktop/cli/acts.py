"""What a cashier does, as verbs: `new-card`, `stamp`, `redeem`, `void`."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import segno
import typer

from common.ids import OperationKey
from common.wire.push import Verdict
from desktop.cashier.engine import Till
from desktop.cashier.enrol import enrol as begin_card
from desktop.cashier.looking.look_up import look_up
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp as give_stamps
from desktop.cashier.void import DEFAULT_REASON, void_operation
from desktop.cli.options import (
    AsJson,
    Card,
    DataDir,
    Exit,
    Options,
    Staff,
    complain,
    merged,
    refuse,
    refuse_act,
    say,
    signed_in,
    writing,
)
from desktop.flow.redemption import HandedOut, Redemption, Rejected, Unanswered, redeem_with_server
from desktop.main import make_runner
from desktop.present.console import No, card_json, plain, recorded_lines, stamped_lines
from desktop.present.sentences import Place, rejection
from desktop.store.cards import CardView

_QR_SUFFIXES = (".svg", ".png", ".pdf", ".eps", ".txt")
_QR_SCALE = 8


def new_card(
    ctx: typer.Context,
    number: Annotated[str | None, typer.Option("--number", metavar="N", help="The number, or token, it has.")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="The customer's name.")] = None,
    qr: Annotated[Path | None, typer.Option("--qr", metavar="FILE", help="Draw its QR code: svg, png, pdf.")] = None,
    data_dir: DataDir = None,
    staff: Staff = None,
    as_json: AsJson = False,
) -> None:
    """Begin a card.

    It has a number of this till's own, or one that was printed before.
    """
    options = merged(ctx, data_dir, staff, as_json)
    if qr is not None and qr.suffix.lower() not in _QR_SUFFIXES:
        raise typer.BadParameter(f"a QR code is drawn as {', '.join(_QR_SUFFIXES)}", param_hint="--qr")
    with writing(options) as (till, settings):
        done = begin_card(till, signed_in(options, till, settings), number, name=name)
    if not isinstance(done, Recorded):
        refuse_act(options, till, done)
    drawn = qr is not None and _draw(done.card.token, qr)
    say(
        options,
        {**card_json(done), "token": done.card.token, "qr": str(qr) if drawn else None},
        [*recorded_lines("A new card", done), f"Token  {done.card.token}"],
    )
    if qr is not None and not drawn:
        raise typer.Exit(Exit.TROUBLE)


def stamp(
    ctx: typer.Context,
    card: Card,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, max=1_000, help="How many stamps.")] = 1,
    data_dir: DataDir = None,
    staff: Staff = None,
    as_json: AsJson = False,
) -> None:
    """Give a card stamps."""
    options = merged(ctx, data_dir, staff, as_json)
    with writing(options) as (till, settings):
        by = signed_in(options, till, settings)
        done = give_stamps(till, by, _card(options, till, card).card_id, count)
    if not isinstance(done, Recorded):
        refuse_act(options, till, done)
    say(options, card_json(done), stamped_lines(done, till.timezone))


def redeem(
    ctx: typer.Context, card: Card, data_dir: DataDir = None, staff: Staff = None, as_json: AsJson = False
) -> None:
    """Take a full card's stamps for a reward.

    Asks the server for up to two seconds; without its answer the shop's rules decide.
    """
    options = merged(ctx, data_dir, staff, as_json)
    with writing(options) as (till, settings):
        by = signed_in(options, till, settings)
        card_id = _card(options, till, card).card_id
        runner = make_runner(till, settings)
        runner.start()
        try:
            end = redeem_with_server(till, runner, by, card_id)
        finally:
            runner.stop()
    _say_redemption(options, till, end)


def _say_redemption(options: Options, till: Till, end: Redemption) -> None:
    match end:
        case HandedOut(recorded, confirmed):
            what = "Hand out the reward." if confirmed else "Hand out the reward. The server has not confirmed it yet."
            say(options, {**card_json(recorded), "confirmed": confirmed}, recorded_lines(what, recorded))
        case Rejected(recorded, verdict):
            no = No(verdict.code or "rejected", {"key": str(recorded.key), **plain(verdict.detail)})
            refuse(options, no, f"Do not hand out the reward. {_why(till, verdict)}")
        case Unanswered(recorded, void):
            complain(
                "Do not hand out the reward: the server did not answer, and the shop's rules want its word first. "
                "The redemption was taken back."
            )
            content = {"handed_out": False, "key": str(recorded.key), "void": str(void.key)}
            say(options, content, recorded_lines("Not handed out.", void))
            raise typer.Exit(Exit.OFFLINE)
        case refused:
            refuse_act(options, till, refused)


def _why(till: Till, verdict: Verdict) -> str:
    return "" if till.knowledge is None else rejection(verdict, Place.of(till.knowledge, till.clock.now())).text


def void(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key of a stamp or a redemption.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")] = DEFAULT_REASON,
    data_dir: DataDir = None,
    staff: Staff = None,
    as_json: AsJson = False,
) -> None:
    """Take a stamp or a redemption back."""
    options = merged(ctx, data_dir, staff, as_json)
    try:
        original = OperationKey(UUID(key))
    except ValueError as error:
        raise typer.BadParameter(f"{key!r} is no operation's key", param_hint="KEY") from error
    with writing(options) as (till, settings):
        done = void_operation(till, signed_in(options, till, settings), original, reason)
    if not isinstance(done, Recorded):
        refuse_act(options, till, done)
    say(
        options,
        {**card_json(done), "original": str(original), "shortfall": done.shortfall},
        recorded_lines("Taken back", done),
    )


def _card(options: Options, till: Till, code: str) -> CardView:
    found = look_up(till, code)
    if not isinstance(found, CardView):
        refuse_act(options, till, found)
    return found


def _draw(token: str, file: Path) -> bool:
    """The card exists whether or not its code can be drawn."""
    try:
        segno.make_qr(token, error="m").save(str(file), scale=_QR_SCALE)
    except OSError as error:
        complain(f"The card was made, but its QR code cannot be written to {file}: {error.strerror or error}.")
        return False
    return True
