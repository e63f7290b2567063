"""`parked`: what the server set aside, and the decision of a person about it."""

from typing import Annotated

import typer

from common.clock import SystemClock
from server.cli.options import AsJson, Merchant, Store, Till, telling_trouble
from server.database import open_engine, read_settings
from server.merchant.parked import Fate, Parked, Which, decide_parked, list_parked
from server.show import counted, number_on_card, table, to_json
from server.sync.parking.decide import Verb

parked = typer.Typer(help="Operations that wait for a person's decision.", no_args_is_help=True, rich_markup_mode=None)

Items = Annotated[list[str] | None, typer.Argument(metavar="[ITEM]...", help="As parked list shows it, or a ticket.")]
OneStore = Annotated[str | None, typer.Option("--store", metavar="SLUG", help="With --till: the store's slug.")]
OneTill = Annotated[str | None, typer.Option("--till", metavar="NAME", help="Everything of this till.")]
Everything = Annotated[bool, typer.Option("--all", help="Everything that is parked.")]


@parked.command("list")
def parked_list(merchant: Merchant, store: OneStore = None, till: OneTill = None, as_json: AsJson = False) -> None:
    """Show what is parked, in the order it came."""
    with telling_trouble(), open_engine(read_settings()) as engine, engine.connect() as connection:
        found = list_parked(connection, merchant, store=store, till=till)
    if as_json:
        typer.echo(to_json({"parked": found}))
    elif not found:
        typer.echo("Nothing is parked.")
    else:
        typer.echo(table(("ITEM", "SINCE", "STORE", "TILL", "WHAT", "CARD", "HAPPENED", "WHY"), map(_row, found)))
        typer.echo(
            f"\nTo have it judged after all, or rejected:\n  tillstamp-server parked retry --merchant {merchant} ITEM"
        )
        typer.echo(f"  tillstamp-server parked reject --merchant {merchant} ITEM")


def _row(one: Parked) -> tuple[object, ...]:
    why = ", ".join(part for part in (one.code, one.problem, one.ticket and f"ticket {one.ticket}") if part)
    number = number_on_card(one.card_number)
    return one.item, one.received_at, one.store, one.till, one.kind, number, one.happened_at, why


@parked.command("retry")
def parked_retry(
    merchant: Merchant,
    items: Items = None,
    store: OneStore = None,
    till: OneTill = None,
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Judge what is parked after all, by the time at which it happened, and what waits behind it."""
    _decide(
        Which(merchant=merchant, items=items or (), store=store, till=till, everything=everything), Verb.RETRY, as_json
    )


@parked.command("release")
def parked_release(merchant: Merchant, store: Store, till: Till, as_json: AsJson = False) -> None:
    """Judge everything that a till left behind, revoked or not."""
    _decide(Which(merchant=merchant, store=store, till=till), Verb.RETRY, as_json)


@parked.command("reject")
def parked_reject(
    merchant: Merchant,
    items: Items = None,
    store: OneStore = None,
    till: OneTill = None,
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Reject what is parked, for ever, and judge what waits behind it. A reward that was handed out is a loss."""
    _decide(
        Which(merchant=merchant, items=items or (), store=store, till=till, everything=everything), Verb.REJECT, as_json
    )


def _decide(which: Which, verb: Verb, as_json: bool) -> None:
    with telling_trouble(), open_engine(read_settings()) as engine:
        fates = decide_parked(engine, which, verb, SystemClock())
    if as_json:
        typer.echo(to_json({"decided": fates}))
    elif not fates:
        typer.echo("Nothing of that is parked.")
    else:
        typer.echo(table(("ITEM", "WHAT", "IS NOW", "WHY"), [_fate_row(fate) for fate in fates]))
        typer.echo(f"\n{_counted(fates)} Their tills know once they have synced.")


def _fate_row(fate: Fate) -> tuple[object, ...]:
    return fate.item, fate.kind, fate.outcome, ": ".join(part for part in (fate.code, fate.why) if part)


def _counted(fates: list[Fate]) -> str:
    outcomes = [fate.outcome for fate in fates]
    numbers = [f"{outcomes.count(outcome)} {outcome}" for outcome in dict.fromkeys(outcomes)]
    return f"{counted(len(fates), 'operation')}: {', '.join(numbers)}."
