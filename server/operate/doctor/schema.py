"""Has the database the schema of this program?"""

from server.operate.doctor.finding import Finding, bad, fine
from server.store import migrate
from server.trouble import DatabaseTooNew, DatabaseTooOld


def check_schema(url: str) -> Finding:
    """Raises what `migrate.require_current` raises for a database that cannot be used at all."""
    try:
        migrate.require_current(url)
    except DatabaseTooOld:
        return bad(
            "schema",
            "The database was not brought up to date yet.",
            "Start the server, which does it, or: tillstamp-server migrate",
        )
    except DatabaseTooNew as trouble:
        return bad("schema", str(trouble))
    return fine("schema", f"The database is up to date (step {migrate.head()}).")
