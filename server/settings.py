"""Where the server listens and keeps its data; from the environment, prefix `TILLSTAMP_`."""

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may choose. An unset DATABASE_URL means the embedded PostgreSQL under DATA_DIR."""

    model_config = SettingsConfigDict(env_prefix="TILLSTAMP_")

    database_url: str | None = None
    data_dir: Path = Field(default_factory=lambda: user_data_path("tillstamp-server", appauthor=False))
    host: str = "127.0.0.1"
    port: int = Field(default=8460, ge=0, le=65_535)

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, url: str | None) -> str | None:
        """People write postgresql://, or postgres:// as hosters print it; SQLAlchemy wants the driver named."""
        if url is None:
            return None
        scheme, separator, rest = url.partition("://")
        return f"postgresql+psycopg://{rest}" if separator and scheme in ("postgres", "postgresql") else url
