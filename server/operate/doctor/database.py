"""Is the database there, and does it keep the tills of merchants apart?"""

from typing import Final

from sqlalchemy import Connection, text

from server.operate.doctor.finding import Finding, bad, fine
from server.store.fence.role import SERVING_ROLE, may_serve

_VERSION: Final = text("SHOW server_version")
_HELD_BY_NOTHING: Final = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role")


def check_database(connection: Connection, *, embedded: bool) -> Finding:
    """The database that answered at `connection`."""
    version = str(connection.scalar(_VERSION)).split()[0]
    whose = "the server's own" if embedded else "as set in TILLSTAMP_DATABASE_URL"
    return fine("database", f"PostgreSQL {version} answers ({whose}).")


def check_fence(connection: Connection) -> Finding:
    """Only where the schema is current: the server makes the role itself when it brings a database up to date."""
    user = connection.scalar(text("SELECT quote_ident(current_user)"))
    if not may_serve(connection):
        return bad(
            "fence",
            f"The database's user {user} may not take the role {SERVING_ROLE}, in which tills are served.",
            f"As an administrator of the database: CREATE ROLE {SERVING_ROLE} NOLOGIN; (if it is missing) "
            f"GRANT {SERVING_ROLE} TO {user};",
        )
    if connection.scalar(_HELD_BY_NOTHING, {"role": SERVING_ROLE}):
        return bad(
            "fence",
            f"The role {SERVING_ROLE} may pass by row-level security: nothing but our own care keeps merchants apart.",
            f"As an administrator of the database: ALTER ROLE {SERVING_ROLE} NOSUPERUSER NOBYPASSRLS;",
        )
    return fine("fence", f"Tills are served in the role {SERVING_ROLE}, which sees one merchant at a time.")
