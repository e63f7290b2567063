"""Regained: what a book that is an older copy gets back of its own, and that somebody must be told of it."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = (
    # Behind what the server has more of this till's own operations; NULL: nothing is awaited.
    "missing_after TEXT",
    "setback TEXT CHECK (setback IN ('till_behind', 'diverged'))",
    "setback_at INTEGER",
    "setback_regained INTEGER NOT NULL DEFAULT 0",
)


def upgrade() -> None:
    for column in _COLUMNS:
        op.execute(f"ALTER TABLE book ADD COLUMN {column}")
