"""Each life of a merchant's data ends once, however many tills notice it at the same moment."""

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index("recoveries_life", "recoveries", ["merchant_id", "incarnation_before"], unique=True)
