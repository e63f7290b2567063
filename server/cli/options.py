"""What the commands share: their options, and how trouble is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from server.store.engine import DatabaseBusy
from server.trouble import KnownTrouble

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Merchant = Annotated[str, typer.Option("--merchant", metavar="SLUG", help="The merchant's slug.")]
OneMerchant = Annotated[str | None, typer.Option("--merchant", metavar="SLUG", help="Only this merchant's.")]
Store = Annotated[str, typer.Option("--store", metavar="SLUG", help="The store's slug.")]
Till = Annotated[str, typer.Option("--till", metavar="NAME", help="The till's name.")]


@contextmanager
def telling_trouble() -> Iterator[None]:
    """Known trouble ends a command with a sentence, not with a traceback. Everything else is a bug, and loud."""
    try:
        yield
    except (KnownTrouble, DatabaseBusy) as trouble:
        busy = "The database is busy or not reachable right now. Try again in a moment."
        typer.echo(busy if isinstance(trouble, DatabaseBusy) else str(trouble), err=True)
        raise typer.Exit(1) from trouble
    except OperationalError as error:
        typer.echo("The database stopped answering. Try again when it runs.", err=True)
        raise typer.Exit(1) from error
