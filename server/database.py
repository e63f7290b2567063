"""The database that the settings name: the merchant's own, or the embedded one under the data directory."""

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy import Engine

from server.settings import FILE_VARIABLE, Settings
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
    """The settings of the environment, and of the file that it names. Raises SettingsTrouble, naming each that makes
    no sense."""
    file = os.environ.get(FILE_VARIABLE)
    try:
        if file:
            # Asked by reading it: where it is missing, pydantic would go on with the defaults.
            Path(file).read_bytes()
        settings = Settings()
    except OSError as error:
        raise SettingsTrouble(
            f"The settings in {file} cannot be read ({error.strerror}). Check {FILE_VARIABLE}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsTrouble(f"The settings in {file} are no TOML: {error}.") from error
    except ValidationError as error:
        problems = "; ".join(map(_in_words, error.errors()))
        where = f"the environment or in {file}" if file else "the environment"
        raise SettingsTrouble(f"Settings in {where} make no sense. {problems}") from error
    if not _may_be_a_folder(settings.data_dir):
        raise SettingsTrouble(
            f"{settings.data_dir}, where the server's data belongs, is not a folder. "
            "Name another place with TILLSTAMP_DATA_DIR."
        )
    return settings


def _in_words(found: ErrorDetails) -> str:
    if not found["loc"]:
        return found["msg"].removeprefix("Value error, ")
    name = str(found["loc"][0])
    return (
        f'there is no setting "{name}"'
        if found["type"] == "extra_forbidden"
        else f"TILLSTAMP_{name.upper()}: {found['msg']}"
    )


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
