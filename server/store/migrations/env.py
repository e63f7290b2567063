"""What Alembic runs: the steps, on the connection and in the transaction that the caller brings."""

from alembic import context
from sqlalchemy import Connection


def migrate_on(connection: Connection) -> None:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


migrate_on(context.config.attributes["connection"])
