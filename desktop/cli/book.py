"""How the till stands, and its exchange with the server: `status`, `sync`, `export`."""

from pathlib import Path
from typing import Annotated, Final

import typer

from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.cashier.looking.activity import Activity
from desktop.cli.options import AsJson, DataDir, fail, merged, reading, say, writing
from desktop.main import make_exchange
from desktop.present.console import aligned, status_json, status_lines
from desktop.store import identity, operations
from desktop.sync.outcomes import Exchanged
from desktop.sync.rescue import export_queue
from desktop.trouble import NotSyncedYet

_RECENT: Final = 10


def status(ctx: typer.Context, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show how the till stands.

    Works while a window is open.
    """
    options = merged(ctx, data_dir, None, as_json)
    with reading(options) as till:
        with till.book.read() as connection:
            who = identity.load(connection)
            counts = operations.counts(connection)
        recent, setback = _recent(till), activity.setback(till)
    lines = status_lines(who, counts, recent, till.timezone, setback)
    say(options, status_json(who, counts, recent, setback), lines)


def _recent(till: Till) -> tuple[Activity, ...]:
    """Nothing before the first sync: no operation can have been recorded then."""
    try:
        return activity.recent(till, _RECENT)
    except NotSyncedYet:
        return ()


def sync(ctx: typer.Context, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Send all that waits, and fetch all that is new."""
    options = merged(ctx, data_dir, None, as_json)
    with writing(options) as (till, settings):
        exchange = make_exchange(till, settings)
        try:
            outcome = exchange.fully()
        finally:
            exchange.close()
        with till.book.read() as connection:
            server_url = identity.load(connection).server_url
            counts = operations.counts(connection)
    if not isinstance(outcome, Exchanged):
        fail(outcome, server_url)
    say(
        options,
        {
            "sent": outcome.sent,
            "pages": outcome.pages,
            "waiting": counts.waiting,
            "rejected": counts.rejected,
            "parked": counts.parked,
        },
        aligned(
            [
                ("Sent", outcome.sent),
                ("Waiting", counts.waiting),
                ("Rejected", f"{counts.rejected} to look at"),
                ("In review", counts.parked),
            ]
        ),
    )


def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write the unsent queue to a file.

    For rescue; works while a window is open. The queue itself stays as it is.
    """
    options = merged(ctx, data_dir, None, as_json)
    with reading(options) as till:
        written = export_queue(till.book, file, till.clock)
    say(options, {"file": str(file), "operations": written}, aligned([("Written to", file), ("Waiting", written)]))
