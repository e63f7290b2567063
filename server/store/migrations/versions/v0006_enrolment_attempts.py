"""Wrong enrolment codes, counted by where they came from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "enrolment_attempts",
        sa.Column(
            "place", sa.Integer(), autoincrement=False, nullable=False, comment="one of 2^20, by a hash of the address"
        ),
        sa.Column("attempted_at", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("place"),
    )
    op.create_index("enrolment_attempts_last", "enrolment_attempts", ["last_at"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON enrolment_attempts TO tillstamp_serve")
