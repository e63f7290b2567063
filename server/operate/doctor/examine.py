"""The whole examination, in the order in which things stand on one another."""

from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from common.clock import Clock
from server.database import Database, running_database
from server.operate.doctor.backups import check_backups
from server.operate.doctor.certificate import check_certificate
from server.operate.doctor.clock import check_clock, check_clock_of_the_past
from server.operate.doctor.database import check_database, check_fence
from server.operate.doctor.disk import check_disks, place_of_database
from server.operate.doctor.finding import Finding, Level, bad
from server.operate.doctor.receipts import check_receipt_key
from server.operate.doctor.schema import check_schema
from server.operate.doctor.tills import check_tills
from server.settings import Settings
from server.trouble import DatabaseTrouble


def examine(settings: Settings, clock: Clock) -> list[Finding]:
    """Everything that a server with these settings stands on. Changes nothing but what starting a database changes."""
    places: dict[str, Path | None] = {"data": settings.data_dir, "backups": settings.backup_dir}
    findings: list[Finding] = []
    try:
        with running_database(settings) as database:
            findings += _examine_database(database, clock, places)
    except DatabaseTrouble as trouble:
        findings.append(bad("database", str(trouble)))
    return [
        *findings,
        check_certificate(settings, clock),
        *check_disks(places),
        check_backups(settings, clock),
        check_receipt_key(settings.data_dir),
    ]


def _examine_database(database: Database, clock: Clock, places: dict[str, Path | None]) -> list[Finding]:
    # First, because it says in words what keeps one from connecting.
    schema = check_schema(database.url)
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.connect() as connection:
        places["database"] = place_of_database(connection)
        findings = [check_database(connection, embedded=database.embedded is not None), schema]
        clock_finding = check_clock(connection, clock)
        if schema.level is not Level.OK:
            return [*findings, clock_finding]
        clock_finding = check_clock_of_the_past(connection, clock) or clock_finding
        return [*findings, check_fence(connection), clock_finding, *check_tills(connection, clock)]
