"""The database that the settings name: the merchant's own, or the embedded one under the data directory."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Engine

from server.settings import Settings
from server.store import migrate
from server.store.embedded import EmbeddedPostgres
from server.store.engine import make_engine
from server.trouble import SettingsTrouble


@dataclass(frozen=True, slots=True)
class Database:
    """A database that answers. `embedded` is ours to keep running; None for the merchant's own."""

    url: str
    embedded: EmbeddedPostgres | None


def read_settings() -> Settings:
    """The settings of the environment. Raises SettingsTrouble, naming each that makes no sense."""
    try:
        settings = Settings()
    except ValidationError as error:
        problems = (f"TILLSTAMP_{str(found['loc'][0]).upper()}: {found['msg']}" for found in error.errors())
        raise SettingsTrouble("Settings in the environment make no sense. " + "; ".join(problems)) from error
    if not _may_be_a_folder(settings.data_dir):
        raise SettingsTrouble(
            f"{settings.data_dir}, where the server's data belongs, is not a folder. "
            "Name another place with TILLSTAMP_DATA_DIR."
        )
    return settings


def _may_be_a_folder(path: Path) -> bool:
    try:
        return path.is_dir() or not os.path.lexists(path)
    except OSError:
        # Longer than a path may be, for one.
        return False


@contextmanager
def running_database(settings: Settings) -> Iterator[Database]:
    """The database, for as long as it is needed. An embedded one is shared with whoever else uses it, and stopped by
    the last. Raises EmbeddedPostgresError."""
    if settings.session_url is not None:
        yield Database(settings.session_url, None)
        return
    with EmbeddedPostgres(settings.data_dir) as embedded:
        yield Database(embedded.start(), embedded)


@contextmanager
def open_engine(settings: Settings, *, upgrade: bool = False) -> Iterator[Engine]:
    """An engine for one command. With `upgrade` an empty or older database is brought up to date first.

    Raises DatabaseTrouble when it cannot be used as it is.
    """
    with running_database(settings) as database:
        if upgrade:
            migrate.upgrade(database.url)
        else:
            migrate.require_current(database.url)
        engine = make_engine(database.url, pool_size=2)
        try:
            yield engine
        finally:
            engine.dispose()
