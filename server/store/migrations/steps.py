"""The steps that bring a database to this program's schema, taken by Alembic. Loading it costs a server's start what
few starts need: `server.store.migrate` loads this by name where a step is missing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def take_missing(connection: Connection) -> None:
    """Take each step that the database lacks, in the transaction of `connection`."""
    config = Config()
    # Alembic reads options through configparser, to which a percent sign in the path means something else.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
