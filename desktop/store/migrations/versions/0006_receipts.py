"""Receipts, by which the server knows its verdicts again, and what is offered to it with them.

`offered` is 1 for what is to be sent again, 2 for what the server has taken and will bring back.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "ALTER TABLE operations ADD COLUMN receipt TEXT",
    "ALTER TABLE operations ADD COLUMN offered INTEGER NOT NULL DEFAULT 0 CHECK (offered IN (0, 1, 2))",
    "CREATE INDEX operations_offered ON operations (position) WHERE offered = 1",
    "CREATE INDEX operations_forgotten ON operations (position) WHERE offered > 0",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
