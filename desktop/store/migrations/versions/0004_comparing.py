"""When this till's cards were last compared with the server's, and what was mended of them and is not yet reported."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE book ADD COLUMN compared_at INTEGER")
    op.execute("CREATE TABLE repairs (bucket INTEGER PRIMARY KEY, report TEXT NOT NULL) STRICT")
