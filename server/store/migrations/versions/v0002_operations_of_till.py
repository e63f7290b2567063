"""Operations by till, epoch and seq: what a push's handshake compares, and what a till that fell behind gets."""

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index("operations_of_till", "operations", ["merchant_id", "till_id", "epoch", "seq"])
