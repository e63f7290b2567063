"""Since when the till has its token; NULL in a book of an older program: nobody knows."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE book ADD COLUMN token_since INTEGER")
