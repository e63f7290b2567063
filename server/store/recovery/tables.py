"""The tables of recoveries; part of the schema of `server.store.tables`."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    Uuid,
    text,
)

from server.store.tables import metadata

__all__ = ["metadata", "recoveries", "recovery_tills"]

recoveries = Table(
    "recoveries",
    metadata,
    Column("merchant_id", Uuid, nullable=False),
    Column("recovery_id", Uuid, nullable=False),
    Column("cause", String, nullable=False),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("incarnation_before", String, nullable=False),
    Column("first_ver", BigInteger, nullable=False, comment="the versions of the lost time are all below"),
    Column("ended_at", DateTime(timezone=True), nullable=True),
    Column("ended_by", String, nullable=True),
    Column("replayed", BigInteger, nullable=True),
    Column("judged", BigInteger, nullable=True),
    PrimaryKeyConstraint("merchant_id", "recovery_id"),
    Index("recoveries_open", "merchant_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("recoveries_life", "merchant_id", "incarnation_before", unique=True),
    ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
)

recovery_tills = Table(
    "recovery_tills",
    metadata,
    Column("merchant_id", Uuid, nullable=False),
    Column("recovery_id", Uuid, nullable=False),
    Column("till_id", Uuid, nullable=False),
    Column("reported_at", DateTime(timezone=True), nullable=True, comment="NULL: awaited"),
    PrimaryKeyConstraint("merchant_id", "recovery_id", "till_id"),
    ForeignKeyConstraint(["merchant_id", "recovery_id"], ["recoveries.merchant_id", "recoveries.recovery_id"]),
)
