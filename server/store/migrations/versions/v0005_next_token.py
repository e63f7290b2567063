"""The token that a till was offered in place of its own, until it is first used."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    offered = sa.Column(
        "next_token_sha256",
        sa.LargeBinary(),
        nullable=True,
        comment="handed out; takes the place when it is first used",
    )
    op.add_column("tills", offered)
    op.create_unique_constraint(None, "tills", ["merchant_id", "next_token_sha256"])
