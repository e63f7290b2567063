"""`enrol`: make this computer a till of a shop, or enrol it again."""

from typing import Annotated, Final

import typer

from desktop.cashier.engine import Till
from desktop.cli.options import AsJson, DataDir, Exit, complain, fail, merged, refuse, say, writing
from desktop.main import make_exchange
from desktop.present.console import No, aligned
from desktop.present.exchange_sentences import (
    address_sentence,
    enrolment_refusal,
    failure_sentence,
    other_merchant_sentence,
)
from desktop.secrets import keep_new
from desktop.settings import Settings
from desktop.store import identity
from desktop.sync.enrol import enrol_till
from desktop.sync.line.address import AddressProblem, ServerAddress, read_address
from desktop.sync.line.failures import Busy, Declined, Failure
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Enrolled, Exchanged, OtherMerchant

_CLOCK_OFF_MAX_S: Final = 120
"""A till that is further off raises attention on the server every day."""


def enrol(
    ctx: typer.Context,
    server: Annotated[str, typer.Option("--server", metavar="URL", help="The server's address.")],
    code: Annotated[str, typer.Option("--code", metavar="CODE", help="The code made on the server.")],
    allow_plain_http: Annotated[
        bool, typer.Option("--allow-plain-http", help="Take an http:// address beyond this computer.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make this computer a till of a shop.

    Enrolling again gives it new keys; what it recorded is kept.
    """
    options = merged(ctx, data_dir, None, as_json)
    address = read_address(server, allow_plain_http=allow_plain_http)
    if isinstance(address, AddressProblem):
        raise typer.BadParameter(address_sentence(address, server), param_hint="--server")
    with writing(options) as (till, settings):
        done = _use_code(till, settings, address, code)
        if isinstance(done, OtherMerchant):
            complain(other_merchant_sentence(done))
            raise typer.Exit(Exit.TROUBLE)
        if isinstance(done, Declined | Busy) and done.code and (why := enrolment_refusal(done)) is not None:
            refuse(options, No(done.code), why)
        if not isinstance(done, Enrolled):
            fail(done, address.url)
        synced = _first_sync(till, settings, address)
        _warn_of_clock(till)
    say(
        options,
        {
            "till": done.till_name,
            "store": done.store_name,
            "merchant": done.merchant_name,
            "secrets": done.secrets_place.value,
            "again": done.again,
            "synced": synced,
        },
        [
            f"This is now the till {done.till_name} of {done.store_name}, {done.merchant_name}.",
            *aligned(
                [
                    ("Secrets", f"kept in the {done.secrets_place.value}"),
                    ("Rules and cards", "received" if synced else "not received yet: run `tillstamp sync`"),
                ]
            ),
        ],
    )


def _use_code(till: Till, settings: Settings, address: ServerAddress, code: str) -> Enrolled | OtherMerchant | Failure:
    link = Link(address, None, till.clock)
    try:
        return enrol_till(
            till.book,
            link,
            till.clock,
            server=address,
            code=code,
            keep_secrets=lambda till_id, secrets: keep_new(till_id, secrets, settings.data_dir),
        )
    finally:
        link.close()


def _first_sync(till: Till, settings: Settings, address: ServerAddress) -> bool:
    """The till is enrolled whatever becomes of this: the code is used up, and a later sync does the same."""
    exchange = make_exchange(till, settings)
    try:
        outcome = exchange.fully()
    finally:
        exchange.close()
    if isinstance(outcome, Exchanged):
        return True
    complain(failure_sentence(outcome, address.url))
    return False


def _warn_of_clock(till: Till) -> None:
    with till.book.read() as connection:
        contact = identity.load(connection).contact
    off_s = round((contact.wall_time - contact.server_time).total_seconds())
    if abs(off_s) > _CLOCK_OFF_MAX_S:
        direction = "fast" if off_s > 0 else "slow"
        complain(
            f"This computer's clock is {abs(off_s) // 60} minutes {direction}. "
            "Stamps get the right time all the same, but please set it."
        )
