"""The shift, as verbs: `shift open`, `shift close`, `shift show`."""

import typer

from desktop.cashier.engine import Till
from desktop.cashier.people.shift import NoShiftOpen, ShiftAlreadyOpen, ShiftReport, close_shift, open_shift, read_shift
from desktop.cli.options import (
    AsJson,
    DataDir,
    Options,
    Staff,
    merged,
    reading,
    refuse,
    say,
    signed_in,
    writing,
)
from desktop.present.console import No, clock_text, plain, shift_json, shift_lines

app = typer.Typer(help="Count what each cashier gives and takes back on this till.", no_args_is_help=True)


@app.command("open")
def open_verb(ctx: typer.Context, data_dir: DataDir = None, staff: Staff = None, as_json: AsJson = False) -> None:
    """Count from now on."""
    options = merged(ctx, data_dir, staff, as_json)
    with writing(options) as (till, settings):
        _say(options, till, open_shift(till, signed_in(options, till, settings)))


@app.command("close")
def close_verb(ctx: typer.Context, data_dir: DataDir = None, staff: Staff = None, as_json: AsJson = False) -> None:
    """Count no further.

    What waits to be sent stays, and is sent when the server is in reach.
    """
    options = merged(ctx, data_dir, staff, as_json)
    with writing(options) as (till, settings):
        _say(options, till, close_shift(till, signed_in(options, till, settings)))


@app.command("show")
def show_verb(ctx: typer.Context, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show the open shift, or the one closed last.

    Works while a window is open.
    """
    options = merged(ctx, data_dir, None, as_json)
    with reading(options) as till:
        report = read_shift(till)
    if report is None:
        say(options, {"shift": None}, ["No shift was ever open on this till."])
    else:
        _say(options, till, report)


def _say(options: Options, till: Till, end: ShiftReport | ShiftAlreadyOpen | NoShiftOpen) -> None:
    match end:
        case ShiftReport():
            say(options, {"shift": shift_json(end)}, shift_lines(end, till.timezone))
        case ShiftAlreadyOpen(since):
            sentence = f"A shift is open since {clock_text(since, till.timezone)}. Close it first."
            refuse(options, No("shift_already_open", plain({"since": since})), sentence)
        case NoShiftOpen():
            refuse(options, No("no_shift_open"), "No shift is open.")
