"""Empty, migrated databases for tests, in a moment each: copies of a template that was migrated once."""

from collections.abc import Callable
from itertools import count

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

# Brings the database at an address up to date, as `server.store.migrate.upgrade` does.
Upgrade = Callable[[str], object]


class Databases:
    """Makes and drops databases in one cluster. Its databases are named `fresh_1`, `fresh_2`, …"""

    def __init__(self, cluster_url: str) -> None:
        self._cluster: URL = make_url(cluster_url)
        self._templates: dict[Upgrade, str] = {}
        self._numbers = count(1)

    def make(self, upgrade: Upgrade | None = None) -> str:
        """The address of a new database; migrated by `upgrade`, which runs once per cluster, or empty."""
        template = "template0" if upgrade is None else self._template(upgrade)
        return self._create(f"fresh_{next(self._numbers)}", template)

    def drop(self, url: str) -> None:
        """Drops a database that `make` made, whoever is still connected to it."""
        name = make_url(url).database or ""
        self._admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _template(self, upgrade: Upgrade) -> str:
        if upgrade not in self._templates:
            name = f"template_{len(self._templates) + 1}"
            upgrade(self._create(name, "template0"))
            self._templates[upgrade] = name
        return self._templates[upgrade]

    def _create(self, name: str, template: str) -> str:
        self._admin(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self._cluster.set(database=name).render_as_string(hide_password=False)

    def _admin(self, statement: sql.Composed) -> None:
        address = self._cluster.set(drivername="postgresql", database="postgres")
        with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement)
