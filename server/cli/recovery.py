"""`backup`, `restore` and `recovery`: the database as a file, and what tills bring back after one took its place."""

from pathlib import Path
from typing import Annotated

import typer

from common.clock import SystemClock
from server.cli.options import AsJson, Merchant, OneMerchant, telling_trouble
from server.database import Database, open_engine, read_settings, running_database
from server.merchant.names import find_merchant
from server.operate.backup import back_up
from server.operate.backup_folder import add_backup
from server.operate.restore import restore
from server.settings import Settings
from server.show import counted, local_time, table, to_json
from server.store.engine import in_transaction
from server.store.recovery.recoveries import EndedBy, Standing, standings
from server.sync.recovery.ending import end
from server.trouble import NotPossible, SettingsTrouble

recovery = typer.Typer(
    help="What tills bring back after the database went back in time.", no_args_is_help=True, rich_markup_mode=None
)

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def backup_(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The backup; without it, one more in TILLSTAMP_BACKUP_DIR.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole database to a file. Sales may go on meanwhile.

    Without FILE, to TILLSTAMP_BACKUP_DIR, under a name of its own; the newest TILLSTAMP_BACKUP_KEEP stay there.
    """
    with telling_trouble():
        settings = read_settings()
        with running_database(settings) as database:
            file, size = _back_up(settings, database, file)
    if as_json:
        typer.echo(to_json({"file": file, "bytes": size}))
    else:
        typer.echo(f"{file} holds the database, {counted(size, 'byte')}. Keep receipt.key of the data directory apart.")


def _back_up(settings: Settings, database: Database, file: Path | None) -> tuple[Path, int]:
    if file is not None:
        return file, back_up(database, file)
    if settings.backup_dir is None:
        raise SettingsTrouble("Name a FILE for the backup, or set a folder for all of them: TILLSTAMP_BACKUP_DIR.")
    return add_backup(database, settings.backup_dir, settings.backup_keep, SystemClock())


def restore_(
    file: BackupFile,
    force: Annotated[bool, typer.Option("--force", help="Even where the database is newer than the backup.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of the database. Then start the server: the tills bring back what came after it."""
    settings = read_settings()
    with telling_trouble(), running_database(settings) as database:
        restored = restore(settings, database, file, SystemClock(), force=force)
    if as_json:
        typer.echo(to_json({"merchants": restored.merchants, "incarnation": restored.incarnation}))
        return
    typer.echo(f"The database is that of {file}. Recovery begins for {counted(len(restored.merchants), 'merchant')}.")
    typer.echo("\nStart the server; who is still awaited:\n  tillstamp-server recovery status")


@recovery.command("status")
def recovery_status(merchant: OneMerchant = None, as_json: AsJson = False) -> None:
    """Show each recovery: which tills are awaited, and what waits for its end."""
    with telling_trouble(), open_engine(read_settings()) as engine, engine.connect() as connection:
        merchant_id = None if merchant is None else find_merchant(connection, merchant)
        found = standings(connection, merchant_id)
    if as_json:
        typer.echo(to_json({"recoveries": found}))
        return
    if not found:
        typer.echo("The data never went back in time.")
        return
    headings = ("MERCHANT", "SINCE", "CAUSE", "STATE", "WITH RECEIPT", "WITHOUT", "AWAITED")
    typer.echo(table(headings, map(_row, found)))
    if any(one.ended_at is None for one in found):
        typer.echo("\nWhere a till will not come any more:\n  tillstamp-server recovery go-on --merchant SLUG")


@recovery.command("go-on")
def recovery_go_on(merchant: Merchant, as_json: AsJson = False) -> None:
    """End a recovery without the tills that are still awaited. What they bring later is taken over then."""
    with telling_trouble(), open_engine(read_settings()) as engine:
        with engine.connect() as connection:
            merchant_id = find_merchant(connection, merchant)
        now = SystemClock().now()
        ended = in_transaction(engine, lambda connection: end(connection, merchant_id, now=now, by=EndedBy.MANAGER))
        if ended is None:
            raise NotPossible(f'No recovery of "{merchant}" is under way. See: tillstamp-server recovery status')
    if as_json:
        typer.echo(to_json({"replayed": ended.replayed, "judged": ended.judged}))
    else:
        typer.echo(f"{counted(ended.replayed, 'operation')} brought back, {ended.judged} judged.")


def _row(one: Standing) -> tuple[object, ...]:
    state = "under way" if one.ended_at is None else f"ended {local_time(one.ended_at)} ({one.ended_by})"
    awaited = ", ".join(f"{till['store']}/{till['till']}" for till in one.awaited) or "nobody"
    return one.merchant, one.begun_at, one.cause, state, one.with_receipt, one.without_receipt, awaited
