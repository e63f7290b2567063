"""The server's commands. They ask the packages below and show what those answer; nothing is decided here.

HTTP and the log are loaded by name where a command serves: the others start without.
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from common.clock import Clock, SystemClock
from server.cli.distribute import distribute_
from server.cli.doctor import doctor_
from server.cli.options import AsJson, Merchant, OneMerchant, Store, Till, telling_trouble
from server.cli.parked import parked
from server.cli.recovery import backup_, recovery, restore_
from server.cli.rescue import import_
from server.database import open_engine, read_settings, running_database
from server.merchant.apply import Applied, apply_shop_file
from server.merchant.attention import Item, list_attention, resolve_attention
from server.merchant.names import find_merchant, find_open_store
from server.merchant.shop_file import read_shop_file
from server.merchant.steps import Action
from server.merchant.tills import TillState, list_tills, make_enrolment_code, revoke_till
from server.operate.audit.run import Report, audit
from server.operate.cards_print import CARDS_MAX, print_cards
from server.settings import Settings
from server.show import counted, local_time, number_on_card, pairs, table, time_and_zone, to_json
from server.store import migrate
from server.store.engine import in_transaction

app = typer.Typer(
    help="The Tillstamp server: keeps the cards of a merchant, and what its tills did with them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
cards = typer.Typer(help="Blank cards.", no_args_is_help=True, rich_markup_mode=None)
tills = typer.Typer(help="The tills of a merchant.", no_args_is_help=True, rich_markup_mode=None)
attention = typer.Typer(help="What a person must look at.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(cards, name="cards")
app.add_typer(tills, name="tills")
app.add_typer(recovery, name="recovery")
app.command("backup")(backup_)
app.command("restore")(restore_)
app.command("distribute")(distribute_)
app.command("doctor")(doctor_)
app.add_typer(attention, name="attention")
app.add_typer(parked, name="parked")
app.command("import")(import_)


@app.command("serve")
def serve_(
    host: Annotated[str | None, typer.Option(help="Listen here. [TILLSTAMP_HOST, 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="0: any free port. [TILLSTAMP_PORT, 8460]")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that serve. [TILLSTAMP_WORKERS, 1]")
    ] = None,
) -> None:
    """Serve the tills, until Ctrl-C. An empty or older database is brought up to date first."""
    configure_logs: Callable[..., None] = importlib.import_module("server.logs").configure_logs
    serve: Callable[[Settings, Clock, Callable[[str], None]], None] = importlib.import_module("server.serve").serve
    configure_logs()
    with telling_trouble():
        said = {"host": host, "port": port, "workers": workers}
        chosen = {name: value for name, value in said.items() if value is not None}
        settings = read_settings().model_copy(update=chosen)
        configure_logs(settings.log_level)
        serve(settings, SystemClock(), lambda address: typer.echo(f"Tillstamp serves at {address}"))


@app.command("migrate")
def migrate_(as_json: AsJson = False) -> None:
    """Bring an empty or older database up to date."""
    with telling_trouble(), running_database(read_settings()) as database:
        upgraded = migrate.upgrade(database.url)
    head = migrate.head()
    if as_json:
        typer.echo(to_json({"upgraded": upgraded, "step": head}))
    else:
        typer.echo(f"The database {'was brought' if upgraded else 'was already'} up to date (step {head}).")


@app.command("apply")
def apply_(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The shop file.")], as_json: AsJson = False
) -> None:
    """Create a merchant, or bring it up to date, as a shop file says. The same file again changes nothing."""
    with telling_trouble():
        shop = read_shop_file(file)
        with open_engine(read_settings(), upgrade=True) as engine:
            applied = apply_shop_file(engine, shop, SystemClock(), file_name=file.name)
    if as_json:
        said = {"merchant": applied.slug, "version": applied.version, "changes": applied.changes}
        typer.echo(to_json(said | {"merchant_id": applied.merchant_id}))
        return
    typer.echo(_applied_in_words(applied))
    if any((change.action, change.what) == (Action.CREATED, "merchant") for change in applied.changes):
        command = f"tillstamp-server enrol-code --merchant {applied.slug} --store SLUG --till NAME"
        typer.echo(f"\nNext, a code for each till:\n  {command}")


def _applied_in_words(applied: Applied) -> str:
    if not applied.changes:
        return f"{applied.name} is as the file says. Nothing was changed."
    rows = [(change.action, change.what, change.name, change.detail) for change in applied.changes]
    return f"{applied.name}, version {applied.version}\n\n{table(('CHANGE', 'WHAT', 'NAME', 'DETAIL'), rows)}"


@app.command("enrol-code")
def enrol_code(merchant: Merchant, store: Store, till: Till, as_json: AsJson = False) -> None:
    """Make a code that turns a computer into a till. It works once, for ten minutes."""
    with telling_trouble(), open_engine(read_settings()) as engine:
        clock = SystemClock()
        code = in_transaction(
            engine,
            lambda connection: make_enrolment_code(connection, merchant=merchant, store=store, till=till, clock=clock),
        )
    if as_json:
        typer.echo(to_json({"code": code.code, "expires_at": code.expires_at}))
        return
    typer.echo(pairs({"Code": code.code, "Works": f"once, until {time_and_zone(code.expires_at)}"}))
    typer.echo(f"\nOn the till:\n  tillstamp enrol --server URL --code {code.code}")


@app.command("audit")
def audit_(as_json: AsJson = False) -> None:
    """Recompute from the ledger what must always hold. Sales may go on meanwhile. Exit 1 where something fails."""
    with telling_trouble(), open_engine(read_settings()) as engine:
        report = audit(engine)
    if as_json:
        findings = [
            {
                "law": finding.law,
                "check": finding.check,
                "merchant": report.slugs.get(finding.merchant_id),
                "subject": finding.subject,
                "problem": finding.problem,
            }
            for finding in report.findings
        ]
        typer.echo(
            to_json(
                {
                    "holds": report.holds,
                    "checks": report.checks,
                    "counts": report.counts,
                    "found": report.found,
                    "findings": findings,
                }
            )
        )
    else:
        typer.echo(_report_in_words(report))
    if not report.holds:
        raise typer.Exit(1)


def _report_in_words(report: Report) -> str:
    looked_at = ", ".join(counted(number, name.removesuffix("s")) for name, number in report.counts.items())
    checks = counted(report.checks, "check")
    if report.holds:
        return f"Everything holds: {checks} over {looked_at}."
    rows = [
        (finding.law, report.slugs.get(finding.merchant_id, "?"), finding.subject, finding.problem)
        for finding in report.findings
    ]
    more = report.found - len(rows)
    rest = f"\n… and {counted(more, 'more')}" if more else ""
    findings = counted(report.found, "finding")
    return (
        f"{table(('LAW', 'MERCHANT', 'WHERE', 'WHAT IS WRONG'), rows)}{rest}\n\n{findings}: {checks} over {looked_at}."
    )


@cards.command("print")
def cards_print(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The sheet to write, an HTML file.")],
    merchant: Merchant,
    store: Store,
    count: Annotated[int, typer.Option(min=1, max=CARDS_MAX, help="How many cards.")],
    as_json: AsJson = False,
) -> None:
    """Make blank cards and write a sheet of them, numbers and QR codes, for a browser to print."""
    with telling_trouble(), open_engine(read_settings()) as engine:
        with engine.connect() as connection:
            merchant_id = find_merchant(connection, merchant)
            store_id = find_open_store(connection, merchant_id, store)
        clock = SystemClock()
        printed = print_cards(engine, merchant_id=merchant_id, store_id=store_id, count=count, file=file, clock=clock)
    if as_json:
        typer.echo(to_json({"file": file, "numbers": printed.numbers, "version": printed.version}))
        return
    typer.echo(f"{file} has {counted(len(printed.numbers), 'blank card')}. Every till knows them once it has synced.")
    typer.echo("Open it in a browser and print it at 100 % on A4.")


@tills.command("list")
def tills_list(merchant: OneMerchant = None, as_json: AsJson = False) -> None:
    """Show the tills, and how they fare."""
    with telling_trouble(), open_engine(read_settings()) as engine, engine.connect() as connection:
        found = list_tills(connection, merchant)
    if as_json:
        typer.echo(to_json({"tills": found}))
    elif not found:
        typer.echo("There is no till yet. Make a code for one with: tillstamp-server enrol-code")
    else:
        headings = ("MERCHANT", "STORE", "TILL", "NUMBER", "STATE", "LAST CONTACT", "WAITING", "VERSION")
        typer.echo(table(headings, [_till_row(till) for till in found]))


def _till_row(till: TillState) -> tuple[object, ...]:
    state = "enrolled" if till.revoked_at is None else f"revoked {local_time(till.revoked_at)}"
    waiting = "none" if not till.pending else f"{till.pending}, oldest {local_time(till.oldest_pending_at)}"
    contact = local_time(till.last_contact_at) or "never"
    return till.merchant, till.store, till.name, till.number, state, contact, waiting, till.app_version


@tills.command("revoke")
def tills_revoke(merchant: Merchant, store: Store, till: Till, as_json: AsJson = False) -> None:
    """Take a till's rights away. What it still sends is kept and parked; nothing is lost."""
    with telling_trouble(), open_engine(read_settings()) as engine:
        clock = SystemClock()
        revoked_at = in_transaction(
            engine, lambda connection: revoke_till(connection, merchant=merchant, store=store, name=till, clock=clock)
        )
    if as_json:
        typer.echo(to_json({"merchant": merchant, "store": store, "till": till, "revoked_at": revoked_at}))
    else:
        typer.echo(f'The till "{till}" is revoked since {local_time(revoked_at)}. A new enrol-code brings it back.')


@attention.command("list")
def attention_list(
    merchant: OneMerchant = None,
    resolved_too: Annotated[bool, typer.Option("--all", help="Those that are resolved, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a person must look at, the oldest first."""
    with telling_trouble(), open_engine(read_settings()) as engine, engine.connect() as connection:
        found = list_attention(connection, merchant, resolved_too=resolved_too)
    if as_json:
        typer.echo(to_json({"items": found}))
    elif not found:
        typer.echo("Nothing needs attention.")
    else:
        typer.echo(table(("ITEM", "SINCE", "MERCHANT", "TILL", "CARD", "STAFF", "WHAT"), map(_item_row, found)))
        typer.echo("\nOnce looked at:\n  tillstamp-server attention resolve ITEM --note TEXT")


def _item_row(item: Item) -> tuple[object, ...]:
    what = item.sentence if item.resolved_at is None else f"{item.sentence}. Resolved: {item.resolution or 'no note'}"
    return item.short_id, item.raised_at, item.merchant, item.till, number_on_card(item.card_number), item.staff, what


@attention.command("resolve")
def attention_resolve(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="As attention list shows it.")],
    note: Annotated[str | None, typer.Option(help="What was done about it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Close an item of the attention list."""
    with telling_trouble(), open_engine(read_settings()) as engine:
        resolved = in_transaction(
            engine, lambda connection: resolve_attention(connection, item, resolution=note, clock=SystemClock())
        )
    typer.echo(to_json({"resolved": resolved}) if as_json else "Resolved.")
