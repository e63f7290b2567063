"""A database that can be set back to an earlier moment, as a backup or a lagging standby would."""

from collections.abc import Callable
from itertools import count

import psycopg
from psycopg import sql
from sqlalchemy import Engine, make_url

_numbers = count(1)


class TimeMachine:
    """Keeps one copy of a database; who is connected meanwhile is thrown out."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._name = engine.url.database or ""
        self._copy = f"{self._name}_kept_{next(_numbers)}"

    def keep(self) -> None:
        """Keep this moment."""
        self._admin("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._copy)
        self._copy_database(self._name, self._copy)

    def go_back(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Go back to it. `meanwhile` runs while there is no database."""
        self._engine.dispose()
        self._admin("DROP DATABASE {} WITH (FORCE)", self._name)
        meanwhile()
        self._copy_database(self._copy, self._name)

    def forget(self) -> None:
        self._admin("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._copy)

    def _copy_database(self, origin: str, name: str) -> None:
        self._engine.dispose()
        # Nobody may be connected to what is copied.
        self._admin("ALTER DATABASE {} ALLOW_CONNECTIONS false", origin)
        self._admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}", sql.Literal(origin))
        self._admin("CREATE DATABASE {} TEMPLATE {}", name, origin)
        self._admin("ALTER DATABASE {} ALLOW_CONNECTIONS true", origin)
        self._admin("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)

    def _admin(self, statement: str, *names: str | sql.Literal) -> None:
        address = make_url(str(self._engine.url.render_as_string(hide_password=False)))
        url = address.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
        parts = [sql.Identifier(name) if isinstance(name, str) else name for name in names]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*parts))
