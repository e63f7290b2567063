"""What is parked is kept as it came, and it is known when it was decided."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    raw = sa.Column("raw", sa.LargeBinary, nullable=True, comment="as it came, where it could not be read or judged")
    op.add_column("operations", raw)
    op.add_column("unkeyed_operations", sa.Column("raw", sa.LargeBinary, nullable=True))
    decided_at = sa.Column(
        "decided_at",
        sa.DateTime(timezone=True),
        nullable=True,
        comment="when somebody decided what was parked",
    )
    op.add_column("verdicts", decided_at)
