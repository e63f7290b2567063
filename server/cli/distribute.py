"""The command that turns a coordinator's tables into distributed ones."""

import typer

from server.cli.options import AsJson, telling_trouble
from server.database import open_engine, read_settings
from server.operate.distribute import Distributed, distribute
from server.serving import nobody_serves
from server.show import counted, to_json


def distribute_(as_json: AsJson = False) -> None:
    """On a coordinator of Citus: spread the merchants over its nodes. Stop every server first; safe to repeat."""
    with telling_trouble():
        settings = read_settings()
        with nobody_serves(settings.data_dir), open_engine(settings, upgrade=True) as engine:
            done = distribute(engine)
    typer.echo(to_json({"tables": done.tables, "already": done.already}) if as_json else _in_words(done))


def _in_words(done: Distributed) -> str:
    if not done.tables:
        return f"Every table was distributed already (Citus {done.citus}). Nothing was changed."
    return (
        f"{counted(len(done.tables), 'table')} distributed by merchant (Citus {done.citus}). Start the servers again."
    )
