"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _merchants()
    _terms_and_staff()
    _tills()
    _what_tills_showed()
    _cards()
    _operations()
    _ledger_and_attention()


def _merchants() -> None:
    op.create_table(
        "merchants",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("offline_days_max", sa.Integer(), nullable=False),
        sa.Column("pin_attempts_max", sa.Integer(), nullable=False),
        sa.Column("pin_lock_minutes", sa.Integer(), nullable=False),
        sa.Column("log_ip", sa.Boolean(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id"),
    )
    op.create_table(
        "merchant_versions",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
        sa.PrimaryKeyConstraint("merchant_id"),
    )
    op.create_table(
        "programs",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("inactive_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
        sa.PrimaryKeyConstraint("merchant_id", "program_id"),
        sa.UniqueConstraint("merchant_id"),
    )
    op.create_table(
        "stores",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("inactive_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
        sa.PrimaryKeyConstraint("merchant_id", "store_id"),
        sa.UniqueConstraint("merchant_id", "slug"),
    )


def _terms_and_staff() -> None:
    op.create_table(
        "terms",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stamps_target", sa.Integer(), nullable=False),
        sa.Column("reward", sa.String(), nullable=False),
        sa.Column("cooldown_minutes", sa.Integer(), nullable=False),
        sa.Column("daily_limit", sa.Integer(), nullable=False),
        sa.Column("visit_limit", sa.Integer(), nullable=False),
        sa.Column("stamps_enabled", sa.Boolean(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("day_starts_at", sa.Time(), nullable=False),
        sa.Column("pin_policy", sa.String(), nullable=False),
        sa.Column("allow_voids", sa.Boolean(), nullable=False),
        sa.Column("void_days_max", sa.Integer(), nullable=False),
        sa.Column("cross_store_redemption", sa.Boolean(), nullable=False),
        sa.Column("offline_redemption", sa.String(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
        sa.PrimaryKeyConstraint("merchant_id", "version"),
    )
    op.create_table(
        "staff",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("store_ids", postgresql.ARRAY(sa.Uuid()), nullable=True, comment="NULL: every store"),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("time_cost", sa.Integer(), nullable=True),
        sa.Column("memory_kib", sa.Integer(), nullable=True),
        sa.Column("parallelism", sa.Integer(), nullable=True),
        sa.Column("pin_hash", sa.LargeBinary(), nullable=True),
        sa.Column("inactive_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
        sa.PrimaryKeyConstraint("merchant_id", "staff_id"),
    )
    op.create_index(
        "staff_active_name",
        "staff",
        ["merchant_id", "name"],
        unique=True,
        postgresql_where=sa.text("inactive_since IS NULL"),
    )


def _tills() -> None:
    op.create_table(
        "token_directory",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_table(
        "tills",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("till_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("pin_key", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("have_seq", sa.BigInteger(), nullable=False),
        sa.Column("app_version", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("empty_queue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("oldest_pending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_warned_on", sa.Date(), nullable=True),
        sa.CheckConstraint("number BETWEEN 1 AND 9999"),
        sa.ForeignKeyConstraint(["merchant_id", "store_id"], ["stores.merchant_id", "stores.store_id"]),
        sa.PrimaryKeyConstraint("merchant_id", "till_id"),
        sa.UniqueConstraint("merchant_id", "number"),
        sa.UniqueConstraint("merchant_id", "store_id", "name"),
        sa.UniqueConstraint("merchant_id", "token_sha256"),
    )
    op.create_table(
        "enrolment_codes",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("till_name", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id", "store_id"], ["stores.merchant_id", "stores.store_id"]),
        sa.PrimaryKeyConstraint("merchant_id", "code_sha256"),
    )


def _what_tills_showed() -> None:
    op.create_table(
        "till_terms",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("till_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "till_id", "version"),
    )
    op.create_table(
        "contacts",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("till_id", sa.Uuid(), nullable=False),
        sa.Column("boot_id", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booted_at", sa.DateTime(timezone=True), nullable=False, comment="received_at less the uptime"),
        sa.PrimaryKeyConstraint("merchant_id", "till_id", "boot_id", "received_at"),
    )


def _cards() -> None:
    op.create_table(
        "cards",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("stamp_count", sa.Integer(), nullable=False),
        sa.Column("lifetime_stamps", sa.Integer(), nullable=False),
        sa.Column("redemptions", sa.Integer(), nullable=False),
        sa.Column("last_stamp_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_redemption_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inactive_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inactive_reason", sa.String(), nullable=True),
        sa.Column(
            "status_changed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="event time of the latest block or unblock; an older one changes nothing",
        ),
        sa.Column("carried_over", sa.Boolean(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("stamp_count >= 0"),
        sa.PrimaryKeyConstraint("merchant_id", "card_id"),
    )
    op.create_index("cards_ver", "cards", ["merchant_id", "ver"])
    op.create_table(
        "card_codes",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False, comment="a number or a token; it never moves to another card"),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "code"),
    )
    op.create_table(
        "aliases",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "card_id"),
    )
    op.create_index("aliases_ver", "aliases", ["merchant_id", "ver"])


def _operations() -> None:
    op.create_table(
        "operations",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("till_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "card_id",
            sa.Uuid(),
            nullable=True,
            comment="as the till named it; the verdict names the card it counted on",
        ),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "content",
            postgresql.JSON(),
            nullable=False,
            comment="json, not jsonb: it must keep even what jsonb refuses",
        ),
        sa.PrimaryKeyConstraint("merchant_id", "key"),
    )
    op.create_table(
        "verdicts",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("till_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("event_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("business_date", sa.Date(), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=True),
        sa.Column("balance_after", sa.Integer(), nullable=True),
        sa.Column("card_id", sa.Uuid(), nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("outcome IN ('accepted', 'rejected', 'parked')"),
        sa.PrimaryKeyConstraint("merchant_id", "key"),
    )
    op.create_index("verdicts_of_till", "verdicts", ["merchant_id", "till_id", "ver"])
    op.create_index(
        "verdicts_parked", "verdicts", ["merchant_id", "card_id"], postgresql_where=sa.text("outcome = 'parked'")
    )
    op.create_table(
        "unkeyed_operations",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("till_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=True, comment="of a reused key: the key that another operation has"),
        sa.Column("card_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSON(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "till_id", "epoch", "seq", "digest"),
        comment="operations that cannot stand under a key of their own: none to read, or one that is taken",
    )
    op.create_index(
        "unkeyed_parked",
        "unkeyed_operations",
        ["merchant_id", "card_id"],
        postgresql_where=sa.text("outcome = 'parked'"),
    )


def _ledger_and_attention() -> None:
    op.create_table(
        "transactions",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("till_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("lifetime_delta", sa.Integer(), nullable=False),
        sa.Column("redemptions_delta", sa.Integer(), nullable=False),
        sa.Column("balance_after", sa.Integer(), nullable=False),
        sa.Column("original", sa.Uuid(), nullable=True),
        sa.Column("shortfall", sa.Integer(), nullable=False),
        sa.Column("reward", sa.String(), nullable=True),
        sa.Column("event_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("voided_by", sa.Uuid(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False, comment="counts for cooldown and daily limit"),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False, comment="the order of the ledger within one version"),
        sa.CheckConstraint("balance_after >= 0"),
        sa.ForeignKeyConstraint(["merchant_id", "card_id"], ["cards.merchant_id", "cards.card_id"]),
        sa.PrimaryKeyConstraint("merchant_id", "key"),
    )
    op.create_index("transactions_of_card", "transactions", ["merchant_id", "card_id", "event_time"])
    op.create_index("transactions_ver", "transactions", ["merchant_id", "ver", "line"])
    op.create_table(
        "attention",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("attention_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("till_id", sa.Uuid(), nullable=True),
        sa.Column("card_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Uuid(), nullable=True, comment="the operation it is about"),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("merchant_id", "attention_id"),
    )
    op.create_index(
        "attention_open", "attention", ["merchant_id", "raised_at"], postgresql_where=sa.text("resolved_at IS NULL")
    )
