"""Where the server listens and keeps its data; from the environment, prefix `TILLSTAMP_`, and a file beneath it."""

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Final, Literal, Self

from platformdirs import user_data_path
from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

FILE_VARIABLE: Final = "TILLSTAMP_SETTINGS_FILE"
"""Names a TOML file of settings, by their names in lower case. What the environment says goes before it."""


class Settings(BaseSettings):
    """What an operator may choose. An unset DATABASE_URL means the embedded PostgreSQL under DATA_DIR.

    Attributes:
        direct_database_url: PostgreSQL's own address, where DATABASE_URL is a pool's that hands out transactions.
        database_connections: for each process.
        prepared_statements: whether PostgreSQL, or the pool, remembers statements by names of ours.
        workers: processes that serve.
        tls_certificate, tls_key: PEM files; with them the server speaks HTTPS itself. The key may be in the first.
        backup_dir, backup_keep: where `backup` without a file puts one, and how many stay.
        till_version: the program that tills are told to have; unset, they are told nothing.
        trusted_proxies: addresses and networks, with commas between, whose X-Forwarded-For is believed.
        till_requests_per_s, till_requests_burst: how often one till may ask, and how often at once.
        address_requests_per_s, address_requests_burst: the same for one address, with all tills behind it.
    """

    model_config = SettingsConfigDict(env_prefix="TILLSTAMP_")

    database_url: str | None = None
    direct_database_url: str | None = None
    database_connections: int = Field(default=20, ge=1, le=1_000)
    prepared_statements: bool | None = None
    workers: int = Field(default=1, ge=1, le=64)
    log_level: Literal["debug", "info", "warning"] = "info"
    data_dir: Path = Field(default_factory=lambda: user_data_path("tillstamp-server", appauthor=False))
    host: str = "127.0.0.1"
    port: int = Field(default=8460, ge=0, le=65_535)
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: str = Field(default="", max_length=4_000)
    backup_dir: Path | None = None
    backup_keep: int = Field(default=14, ge=1, le=10_000)
    till_version: str | None = Field(default=None, max_length=40, pattern=r"^\d{1,9}(\.\d{1,9}){0,3}$")
    # A queue of 100,000 operations is 200 pushes, and as many pulls beside them: a burst takes them all.
    till_requests_per_s: float = Field(default=50, ge=0.1, le=1_000_000)
    till_requests_burst: int = Field(default=500, ge=1, le=1_000_000)
    # A thousand tills behind one address ask some 350 times a second when all of them pull every three seconds.
    address_requests_per_s: float = Field(default=1_000, ge=0.1, le=1_000_000)
    address_requests_burst: int = Field(default=10_000, ge=1, le=1_000_000)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, and beneath it the file that it names."""
        file = os.environ.get(FILE_VARIABLE)
        beneath = (TomlConfigSettingsSource(settings_cls, Path(file)),) if file else ()
        return init_settings, env_settings, *beneath

    @field_validator("database_url", "direct_database_url")
    @classmethod
    def _name_the_driver(cls, url: str | None) -> str | None:
        """People write postgresql://, or postgres:// as hosters print it; SQLAlchemy wants the driver named."""
        if url is None:
            return None
        scheme, separator, rest = url.partition("://")
        url = f"postgresql+psycopg://{rest}" if separator and scheme in ("postgres", "postgresql") else url
        try:
            make_url(url)
        except (ArgumentError, ValueError):
            # Its own words would quote the password.
            raise ValueError("it is no address of a database") from None
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, proxies: str) -> str:
        """Whoever is believed by mistake may claim any address: what is no address must not pass for nobody."""
        for proxy in filter(None, (part.strip() for part in proxies.split(","))):
            ip_network(proxy)
        return proxies

    @model_validator(mode="after")
    def _key_belongs_to_a_certificate(self) -> Self:
        if self.tls_key is not None and self.tls_certificate is None:
            raise ValueError("TILLSTAMP_TLS_KEY is set, and TILLSTAMP_TLS_CERTIFICATE, to which it belongs, is not")
        return self

    @property
    def trusted_proxy_list(self) -> list[str]:
        return [part.strip() for part in self.trusted_proxies.split(",") if part.strip()]

    @property
    def prepares(self) -> bool:
        """Behind a pool of transactions only where somebody says so: not every pool follows names."""
        return self.direct_database_url is None if self.prepared_statements is None else self.prepared_statements

    @property
    def session_url(self) -> str | None:
        """Where what needs a session of its own goes: commands, migrations, backups, and hearing what is committed."""
        return self.direct_database_url or self.database_url
