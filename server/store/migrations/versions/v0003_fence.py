"""Row-level security by merchant, for the role that serves.

A table that a later step adds needs, in that step, what each table gets here: row-level security, a policy by merchant,
and the grants that serving needs.
"""

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

# What only an operator's commands write.
_READ = ("merchants", "programs", "stores", "terms", "staff")
_WRITTEN = (
    "merchant_versions",
    "tills",
    "enrolment_codes",
    "till_terms",
    "contacts",
    "cards",
    "card_codes",
    "aliases",
    "operations",
    "verdicts",
    "unkeyed_operations",
    "transactions",
    "attention",
)
_DELETED = ("contacts", "token_directory")


def upgrade() -> None:
    for table in (*_READ, *_WRITTEN):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY by_merchant ON {table} USING (merchant_id = current_setting('tillstamp.merchant_id')::uuid)"
        )
    # Whose a token is must be found before there is a merchant; everything else is as everywhere.
    op.execute("ALTER TABLE token_directory ENABLE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY found_by_secret ON token_directory FOR SELECT USING (true)")
    for action, condition in (("INSERT", "WITH CHECK"), ("DELETE", "USING")):
        op.execute(
            f"CREATE POLICY {action.lower()}_by_merchant ON token_directory FOR {action}"
            f" {condition} (merchant_id = current_setting('tillstamp.merchant_id')::uuid)"
        )
    op.execute(f"GRANT SELECT ON {', '.join(_READ)}, alembic_version TO tillstamp_serve")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {', '.join(_WRITTEN)} TO tillstamp_serve")
    op.execute("GRANT SELECT, INSERT ON token_directory TO tillstamp_serve")
    op.execute(f"GRANT DELETE ON {', '.join(_DELETED)} TO tillstamp_serve")
