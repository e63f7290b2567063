"""`import`: the queue of a till that cannot send it any more."""

from pathlib import Path
from typing import Annotated

import typer

from common.clock import SystemClock
from common.wire.push import Outcome
from server.cli.options import AsJson, telling_trouble
from server.database import open_engine, read_settings
from server.merchant.rescue import Imported, import_rescue_file
from server.show import counted, table, to_json


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As tillstamp export wrote it.")], as_json: AsJson = False
) -> None:
    """Judge the queue that a till exported, as that till's. The same file again changes nothing."""
    with telling_trouble(), open_engine(read_settings()) as engine:
        imported = import_rescue_file(engine, file, SystemClock())
    typer.echo(to_json(_as_json(imported)) if as_json else _in_words(imported))


def _as_json(imported: Imported) -> dict[str, object]:
    return {
        "merchant": imported.merchant,
        "store": imported.store,
        "till": imported.till,
        "operations": imported.operations,
    }


def _in_words(imported: Imported) -> str:
    operations = imported.operations
    known = sum(one.known for one in operations)
    outcomes = [one.outcome for one in operations]
    parts = [f"{outcomes.count(outcome)} {outcome}" for outcome in Outcome if outcome in outcomes]
    parts += [f"{known} of them known before"] if known else []
    told = f'{counted(len(operations), "operation")} of the till "{imported.till}" in "{imported.store}"'
    said = [f"{told}: {', '.join(parts)}." if parts else f"{told}."]
    if refused := [(one.key, one.kind, one.outcome, one.code) for one in operations if one.outcome != Outcome.ACCEPTED]:
        said += ["", table(("KEY", "WHAT", "OUTCOME", "WHY"), refused)]
    if Outcome.PARKED in outcomes:
        said += ["", "Decide what is parked:", f"  tillstamp-server parked list --merchant {imported.merchant}"]
    return "\n".join(said)
