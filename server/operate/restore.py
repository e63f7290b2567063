"""Restore: a backup takes the place of the database, and tills bring back what is newer than it.

In this order, so that it may die between any two steps: the file is read and compared; a note says that a restore is
under way, on which no server starts, and which life of the data ends; a new incarnation is minted; the data is
replaced, in one transaction; it is brought up to date; every merchant's counters move on and its recovery begins, in
one transaction; the note goes. Done again from the beginning, with the same file, it ends the same.
"""

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from common.clock import Clock
from common.entropy import new_uuid
from server.database import Database
from server.incarnation import mint_incarnation, read_incarnation
from server.operate.backup import ProgramFailed, Programs, programs_for
from server.serving import nobody_serves
from server.settings import Settings
from server.store import migrate
from server.store.attention import AttentionKind, AttentionRow, insert_attention
from server.store.engine import in_transaction, make_engine
from server.store.recovery import recoveries
from server.store.recovery.recoveries import Cause, told_incarnation
from server.trouble import FileTrouble, NotPossible

_MERCHANTS: Final = text("SELECT merchant_id FROM merchants ORDER BY merchant_id")
_VERSIONS: Final = text(
    "SELECT m.slug, v.merchant_id, v.ver FROM merchant_versions v JOIN merchants m USING (merchant_id)"
)
_OTHERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore left: the merchants whose recovery began, and the incarnation."""

    merchants: tuple[str, ...]
    incarnation: str


def restore(settings: Settings, database: Database, file: Path, clock: Clock, *, force: bool) -> Restored:
    """Put the backup in `file` in the place of the database, and let the tills bring back what came after.

    Raises NotPossible while a server runs, and without `force` where the database is newer than the backup; FileTrouble
    for a file that is no backup; DatabaseTrouble. The database is then as it was, or a server does not start on it.
    """
    programs = programs_for(database)
    with nobody_serves(settings.data_dir) as unfinished:
        kept = _versions_in(programs, file)
        _refuse_what_is_newer(database, kept, force=force or unfinished.exists())
        before = _life_that_ends(unfinished, settings, clock)
        incarnation = mint_incarnation(settings.data_dir, clock)
        # The backup's policies name it; on a new machine nobody has made it yet.
        migrate.prepare_cluster(database.url)
        _replace(programs, file)
        migrate.upgrade(database.url)
        merchants = _begin_recoveries(database, clock, before)
        unfinished.unlink()
    return Restored(merchants, incarnation)


def _life_that_ends(unfinished: Path, settings: Settings, clock: Clock) -> str:
    """The incarnation of which tills have receipts; a restore that died may have minted another since."""
    noted = unfinished.read_text("ascii") if unfinished.exists() else ""
    life = noted or read_incarnation(settings.data_dir, clock)
    unfinished.write_text(life, "ascii")
    return life


def _versions_in(programs: Programs, file: Path) -> dict[str, int]:
    """The version of each merchant in a backup. Raises FileTrouble when it is none."""
    if not file.is_file():
        raise FileTrouble(f"There is no file {file}.")
    try:
        said = programs.run(
            "pg_restore", "--data-only", "--table=merchant_versions", "--file=-", str(file), stdout=subprocess.PIPE
        ).decode()
    except ProgramFailed as error:
        raise FileTrouble(f"{file} is no backup of a Tillstamp database. {error}") from error
    lines = said.splitlines()
    begins = next((place for place, line in enumerate(lines) if line.startswith("COPY public.merchant_versions")), None)
    if begins is None:
        raise FileTrouble(f"{file} is a backup of some other database: it has no merchants.")
    rows = lines[begins + 1 : lines.index("\\.", begins)]
    return {row.split("\t")[0]: int(row.split("\t")[1]) for row in rows}


def _refuse_what_is_newer(database: Database, kept: dict[str, int], *, force: bool) -> None:
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.connect() as connection:
        if connection.scalar(_OTHERS):
            raise NotPossible("Somebody is connected to the database. Stop every server and command that uses it.")
        if force:
            return
        newer = [row.slug for row in _known_versions(connection) if row.ver > kept.get(str(row.merchant_id), -1)]
    if newer:
        raise NotPossible(
            f"The database knows more than the backup (of: {', '.join(newer)}). Nothing was changed. "
            "Where that is meant: --force. What tills have receipts for comes back; take a backup of it first."
        )


def _known_versions(connection: Connection) -> list[Row[Any]]:
    try:
        return list(connection.execute(_VERSIONS))
    except ProgrammingError:
        # An empty database: there is nothing to lose.
        return []


def _replace(programs: Programs, file: Path) -> None:
    """All of it in one transaction: until its commit the database is what it was."""
    with tempfile.TemporaryFile() as script:
        # As a new database has it; a backup tells only what differs from that.
        script.write(b"DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\nGRANT USAGE ON SCHEMA public TO PUBLIC;\n")
        script.flush()
        programs.run("pg_restore", "--no-owner", "--file=-", str(file), stdout=script)
        # A backup tells nothing of how many rows there are: whoever asks first would be planned for an empty database.
        script.seek(0, os.SEEK_END)
        script.write(b"ANALYZE;\n")
        script.flush()
        script.seek(0)
        words = (
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            f"--dbname={programs.address}",
        )
        programs.run("psql", *words, stdin=script, stdout=subprocess.DEVNULL)


def _begin_recoveries(database: Database, clock: Clock, before: str) -> tuple[str, ...]:
    engine = make_engine(database.url, pool_size=1)

    def work(connection: Connection) -> tuple[str, ...]:
        now = clock.now()
        for merchant_id in connection.scalars(_MERCHANTS).all():
            told = told_incarnation(before, recoveries.latest(connection, merchant_id))
            recoveries.begin(connection, merchant_id, Cause.RESTORED, now=now, incarnation_before=told)
            item = AttentionRow(
                new_uuid(now), AttentionKind.RECOVERY, None, None, None, None, {"cause": Cause.RESTORED}
            )
            insert_attention(connection, merchant_id, raised_at=now, rows=[item])
        return tuple(connection.scalars(text("SELECT slug FROM merchants ORDER BY slug")).all())

    try:
        return in_transaction(engine, work)
    finally:
        engine.dispose()
