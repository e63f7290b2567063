"""How many of a till's seqs were used up by a repeat, which leaves no row of its own."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    repeats = sa.Column(
        "repeats",
        sa.BigInteger(),
        nullable=False,
        server_default="0",
        comment="seqs, of all epochs, under which an operation came that was known",
    )
    op.add_column("tills", repeats)
