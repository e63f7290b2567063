"""Recoveries after the data went back in time: when, which tills are awaited, and the verdicts that operations had."""

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

_TABLES = (
    """
    CREATE TABLE recoveries (
        merchant_id UUID NOT NULL REFERENCES merchants (merchant_id),
        recovery_id UUID NOT NULL,
        cause VARCHAR NOT NULL,
        begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
        incarnation_before VARCHAR NOT NULL,
        first_ver BIGINT NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        ended_by VARCHAR,
        replayed BIGINT,
        judged BIGINT,
        PRIMARY KEY (merchant_id, recovery_id)
    )
    """,
    "CREATE UNIQUE INDEX recoveries_open ON recoveries (merchant_id) WHERE ended_at IS NULL",
    """
    CREATE TABLE recovery_tills (
        merchant_id UUID NOT NULL,
        recovery_id UUID NOT NULL,
        till_id UUID NOT NULL,
        reported_at TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (merchant_id, recovery_id, till_id),
        FOREIGN KEY (merchant_id, recovery_id) REFERENCES recoveries (merchant_id, recovery_id)
    )
    """,
    "ALTER TABLE verdicts ADD COLUMN receipted JSON",
    "ALTER TABLE merchant_versions ADD COLUMN terms_from INTEGER DEFAULT 1 NOT NULL",
    "COMMENT ON COLUMN recoveries.first_ver IS 'the versions of the lost time are all below'",
    "COMMENT ON COLUMN recovery_tills.reported_at IS 'NULL: awaited'",
    "COMMENT ON COLUMN verdicts.receipted IS 'the verdict it came with, by a receipt, and its card'",
    "COMMENT ON COLUMN merchant_versions.terms_from IS 'no new terms have a lower number'",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("recoveries", "recovery_tills"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY by_merchant ON {table} USING (merchant_id = current_setting('tillstamp.merchant_id')::uuid)"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO tillstamp_serve")
