"""The role that tills are served in. It belongs to the cluster and not to one database, so no migration can make it."""

from typing import Final

from psycopg import errors
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from server.trouble import DatabaseUnsuitable

SERVING_ROLE: Final = "tillstamp_serve"

# It may not, it is there already, or it is missing because it may not be made.
_NOT_OURS_TO_DO: Final = (
    errors.InsufficientPrivilege,
    errors.DuplicateObject,
    errors.UniqueViolation,
    errors.UndefinedObject,
)


def ensure_serving_role(connection: Connection) -> None:
    """See to it that this user may take the serving role: make it where it is missing.

    Raises DatabaseUnsuitable, saying what an administrator must do, where this user may not make it.
    """
    if may_serve(connection):
        return
    # Another database of the cluster may be making it at this moment; that it is there is all we want.
    _attempt(connection, f"CREATE ROLE {SERVING_ROLE} NOLOGIN")
    _attempt(connection, f"GRANT {SERVING_ROLE} TO CURRENT_USER")
    if not may_serve(connection):
        user = connection.scalar(text("SELECT quote_ident(current_user)"))
        raise DatabaseUnsuitable(
            f"The database's user {user} may neither make nor take the role that tills are served in. "
            f"An administrator of the database does it once: CREATE ROLE {SERVING_ROLE} NOLOGIN; (if it is missing) "
            f"GRANT {SERVING_ROLE} TO {user}; Then start again; nothing was changed."
        )


def may_serve(connection: Connection) -> bool:
    """Asked by doing it: what membership means for SET ROLE differs from one PostgreSQL to the next."""
    trial = connection.begin_nested()
    try:
        connection.execute(text(f"SET LOCAL ROLE {SERVING_ROLE}"))
    except DBAPIError as error:
        if not isinstance(error.orig, errors.InvalidParameterValue | errors.InsufficientPrivilege):
            raise
        return False
    finally:
        trial.rollback()
    return True


def _attempt(connection: Connection, statement: str) -> None:
    try:
        with connection.begin_nested():
            connection.execute(text(statement))
    except DBAPIError as error:
        if not isinstance(error.orig, _NOT_OURS_TO_DO):
            raise
