"""The tables of the server.

`merchant_id` leads every primary key, unique constraint, foreign key and index, so that the schema shards by merchant
as it is. Two tables are global: `token_directory`, for who sends a token does not say whose it is, and
`enrolment_attempts`, for a wrong code is nobody's.

Versions (`ver`): each row that tills must know carries the merchant's version of its last change. They are handed out
under the merchant's row of `merchant_versions`, which stays locked until commit, and so become visible in order.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB

metadata = MetaData()


def _moment(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _merchant() -> Column[object]:
    return Column("merchant_id", Uuid, nullable=False)


def _ver() -> Column[object]:
    return Column("ver", BigInteger, nullable=False)


merchants = Table(
    "merchants",
    metadata,
    Column("merchant_id", Uuid, primary_key=True),
    Column("slug", String, nullable=False),
    Column("name", String, nullable=False),
    Column("offline_days_max", Integer, nullable=False),
    Column("pin_attempts_max", Integer, nullable=False),
    Column("pin_lock_minutes", Integer, nullable=False),
    Column("log_ip", Boolean, nullable=False),
    _ver(),
)

merchant_versions = Table(
    "merchant_versions",
    metadata,
    Column("merchant_id", Uuid, primary_key=True),
    _ver(),
    Column("terms_from", Integer, nullable=False, server_default="1", comment="no new terms have a lower number"),
    ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
)

programs = Table(
    "programs",
    metadata,
    _merchant(),
    Column("program_id", Uuid, nullable=False),
    Column("name", String, nullable=False),
    _moment("inactive_since"),
    _ver(),
    PrimaryKeyConstraint("merchant_id", "program_id"),
    UniqueConstraint("merchant_id"),
    ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
)

stores = Table(
    "stores",
    metadata,
    _merchant(),
    Column("store_id", Uuid, nullable=False),
    Column("slug", String, nullable=False),
    Column("name", String, nullable=False),
    _moment("inactive_since"),
    _ver(),
    PrimaryKeyConstraint("merchant_id", "store_id"),
    UniqueConstraint("merchant_id", "slug"),
    ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
)

terms = Table(
    "terms",
    metadata,
    _merchant(),
    Column("version", Integer, nullable=False),
    Column("stamps_target", Integer, nullable=False),
    Column("reward", String, nullable=False),
    Column("cooldown_minutes", Integer, nullable=False),
    Column("daily_limit", Integer, nullable=False),
    Column("visit_limit", Integer, nullable=False),
    Column("stamps_enabled", Boolean, nullable=False),
    Column("timezone", String, nullable=False),
    Column("day_starts_at", Time, nullable=False),
    Column("pin_policy", String, nullable=False),
    Column("allow_voids", Boolean, nullable=False),
    Column("void_days_max", Integer, nullable=False),
    Column("cross_store_redemption", Boolean, nullable=False),
    Column("offline_redemption", String, nullable=False),
    _ver(),
    PrimaryKeyConstraint("merchant_id", "version"),
    ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
)

staff = Table(
    "staff",
    metadata,
    _merchant(),
    Column("staff_id", Uuid, nullable=False),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("store_ids", ARRAY(Uuid), nullable=True, comment="NULL: every store"),
    Column("salt", LargeBinary, nullable=True),
    Column("time_cost", Integer, nullable=True),
    Column("memory_kib", Integer, nullable=True),
    Column("parallelism", Integer, nullable=True),
    Column("pin_hash", LargeBinary, nullable=True),
    _moment("inactive_since"),
    _ver(),
    PrimaryKeyConstraint("merchant_id", "staff_id"),
    Index("staff_active_name", "merchant_id", "name", unique=True, postgresql_where=text("inactive_since IS NULL")),
    ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"]),
)

token_directory = Table(
    "token_directory",
    metadata,
    Column("token_sha256", LargeBinary, primary_key=True),
    Column("merchant_id", Uuid, nullable=False),
)

tills = Table(
    "tills",
    metadata,
    _merchant(),
    Column("till_id", Uuid, nullable=False),
    Column("store_id", Uuid, nullable=False),
    Column("name", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("token_sha256", LargeBinary, nullable=False),
    Column("pin_key", LargeBinary, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("have_seq", BigInteger, nullable=False),
    Column("app_version", String, nullable=False),
    _moment("enrolled_at", nullable=False),
    _moment("revoked_at"),
    _moment("last_contact_at"),
    _moment("empty_queue_at"),
    Column("pending", BigInteger, nullable=False, server_default="0"),
    _moment("oldest_pending_at"),
    Column("clock_warned_on", Date, nullable=True),
    Column(
        "next_token_sha256", LargeBinary, nullable=True, comment="handed out; takes the place when it is first used"
    ),
    Column(
        "repeats",
        BigInteger,
        nullable=False,
        server_default="0",
        comment="seqs, of all epochs, under which an operation came that was known",
    ),
    PrimaryKeyConstraint("merchant_id", "till_id"),
    UniqueConstraint("merchant_id", "number"),
    UniqueConstraint("merchant_id", "store_id", "name"),
    UniqueConstraint("merchant_id", "token_sha256"),
    UniqueConstraint("merchant_id", "next_token_sha256"),
    CheckConstraint("number BETWEEN 1 AND 9999"),
    ForeignKeyConstraint(["merchant_id", "store_id"], ["stores.merchant_id", "stores.store_id"]),
)

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    _merchant(),
    Column("code_sha256", LargeBinary, nullable=False),
    Column("store_id", Uuid, nullable=False),
    Column("till_name", String, nullable=False),
    _moment("expires_at", nullable=False),
    _moment("used_at"),
    PrimaryKeyConstraint("merchant_id", "code_sha256"),
    ForeignKeyConstraint(["merchant_id", "store_id"], ["stores.merchant_id", "stores.store_id"]),
)

enrolment_attempts = Table(
    "enrolment_attempts",
    metadata,
    Column("place", Integer, primary_key=True, autoincrement=False, comment="one of 2^20, by a hash of the address"),
    Column("attempted_at", ARRAY(DateTime(timezone=True)), nullable=False),
    _moment("last_at", nullable=False),
    Index("enrolment_attempts_last", "last_at"),
)

till_terms = Table(
    "till_terms",
    metadata,
    _merchant(),
    Column("till_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    _moment("pulled_at", nullable=False),
    PrimaryKeyConstraint("merchant_id", "till_id", "version"),
)

contacts = Table(
    "contacts",
    metadata,
    _merchant(),
    Column("till_id", Uuid, nullable=False),
    Column("boot_id", String, nullable=False),
    _moment("received_at", nullable=False),
    Column("booted_at", DateTime(timezone=True), nullable=False, comment="received_at less the uptime"),
    PrimaryKeyConstraint("merchant_id", "till_id", "boot_id", "received_at"),
)

cards = Table(
    "cards",
    metadata,
    _merchant(),
    Column("card_id", Uuid, nullable=False),
    Column("number", String, nullable=False),
    Column("token", String, nullable=False),
    Column("store_id", Uuid, nullable=False),
    Column("name", String, nullable=True),
    Column("phone", String, nullable=True),
    Column("email", String, nullable=True),
    Column("stamp_count", Integer, nullable=False),
    Column("lifetime_stamps", Integer, nullable=False),
    Column("redemptions", Integer, nullable=False),
    _moment("last_stamp_at"),
    _moment("last_redemption_at"),
    _moment("inactive_since"),
    Column("inactive_reason", String, nullable=True),
    Column(
        "status_changed_at",
        DateTime(timezone=True),
        nullable=True,
        comment="event time of the latest block or unblock; an older one changes nothing",
    ),
    Column("carried_over", Boolean, nullable=False),
    _ver(),
    PrimaryKeyConstraint("merchant_id", "card_id"),
    CheckConstraint("stamp_count >= 0"),
    Index("cards_ver", "merchant_id", "ver"),
)

card_codes = Table(
    "card_codes",
    metadata,
    _merchant(),
    Column("code", String, nullable=False, comment="a number or a token; it never moves to another card"),
    Column("card_id", Uuid, nullable=False),
    PrimaryKeyConstraint("merchant_id", "code"),
)

aliases = Table(
    "aliases",
    metadata,
    _merchant(),
    Column("card_id", Uuid, nullable=False),
    Column("merged_into", Uuid, nullable=False),
    _ver(),
    PrimaryKeyConstraint("merchant_id", "card_id"),
    Index("aliases_ver", "merchant_id", "ver"),
)

operations = Table(
    "operations",
    metadata,
    _merchant(),
    Column("key", Uuid, nullable=False),
    Column("till_id", Uuid, nullable=False),
    Column("store_id", Uuid, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("card_id", Uuid, nullable=True, comment="as the till named it; the verdict names the card it counted on"),
    Column("staff_id", Uuid, nullable=True),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("content", JSON, nullable=False, comment="json, not jsonb: it must keep even what jsonb refuses"),
    Column("raw", LargeBinary, nullable=True, comment="as it came, where it could not be read or judged"),
    PrimaryKeyConstraint("merchant_id", "key"),
    Index("operations_of_till", "merchant_id", "till_id", "epoch", "seq"),
)

verdicts = Table(
    "verdicts",
    metadata,
    _merchant(),
    Column("key", Uuid, nullable=False),
    Column("till_id", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("outcome", String, nullable=False),
    Column("code", String, nullable=True),
    Column("detail", JSONB, nullable=False),
    _moment("event_time"),
    Column("business_date", Date, nullable=True),
    Column("terms_version", Integer, nullable=True),
    Column("balance_after", Integer, nullable=True),
    Column("card_id", Uuid, nullable=True),
    Column("merged_into", Uuid, nullable=True),
    Column("number", String, nullable=True),
    _ver(),
    Column("decided_at", DateTime(timezone=True), nullable=True, comment="when somebody decided what was parked"),
    Column("receipted", JSON, nullable=True, comment="the verdict it came with, by a receipt, and its card"),
    PrimaryKeyConstraint("merchant_id", "key"),
    Index("verdicts_of_till", "merchant_id", "till_id", "ver"),
    Index("verdicts_parked", "merchant_id", "card_id", postgresql_where=text("outcome = 'parked'")),
    CheckConstraint("outcome IN ('accepted', 'rejected', 'parked')"),
)

unkeyed_operations = Table(
    "unkeyed_operations",
    metadata,
    _merchant(),
    Column("till_id", Uuid, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("key", Uuid, nullable=True, comment="of a reused key: the key that another operation has"),
    Column("card_id", Uuid, nullable=True),
    Column("outcome", String, nullable=False),
    Column("code", String, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("content", JSON, nullable=False),
    _ver(),
    Column("raw", LargeBinary, nullable=True),
    PrimaryKeyConstraint("merchant_id", "till_id", "epoch", "seq", "digest"),
    Index("unkeyed_parked", "merchant_id", "card_id", postgresql_where=text("outcome = 'parked'")),
    comment="operations that cannot stand under a key of their own: none to read, or one that is taken",
)

transactions = Table(
    "transactions",
    metadata,
    _merchant(),
    Column("key", Uuid, nullable=False),
    Column("card_id", Uuid, nullable=False),
    Column("store_id", Uuid, nullable=False),
    Column("till_id", Uuid, nullable=False),
    Column("staff_id", Uuid, nullable=True),
    Column("kind", String, nullable=False),
    Column("delta", Integer, nullable=False),
    Column("lifetime_delta", Integer, nullable=False),
    Column("redemptions_delta", Integer, nullable=False),
    Column("balance_after", Integer, nullable=False),
    Column("original", Uuid, nullable=True),
    Column("shortfall", Integer, nullable=False),
    Column("reward", String, nullable=True),
    _moment("event_time", nullable=False),
    Column("business_date", Date, nullable=False),
    Column("voided_by", Uuid, nullable=True),
    Column("live", Boolean, nullable=False, comment="counts for cooldown and daily limit"),
    _ver(),
    Column("line", SmallInteger, nullable=False, comment="the order of the ledger within one version"),
    PrimaryKeyConstraint("merchant_id", "key"),
    ForeignKeyConstraint(["merchant_id", "card_id"], ["cards.merchant_id", "cards.card_id"]),
    Index("transactions_of_card", "merchant_id", "card_id", "event_time"),
    Index("transactions_ver", "merchant_id", "ver", "line"),
    CheckConstraint("balance_after >= 0"),
)

attention = Table(
    "attention",
    metadata,
    _merchant(),
    Column("attention_id", Uuid, nullable=False),
    Column("kind", String, nullable=False),
    Column("till_id", Uuid, nullable=True),
    Column("card_id", Uuid, nullable=True),
    Column("staff_id", Uuid, nullable=True),
    Column("key", Uuid, nullable=True, comment="the operation it is about"),
    Column("detail", JSONB, nullable=False),
    _moment("raised_at", nullable=False),
    _moment("resolved_at"),
    Column("resolution", Text, nullable=True),
    PrimaryKeyConstraint("merchant_id", "attention_id"),
    Index("attention_open", "merchant_id", "raised_at", postgresql_where=text("resolved_at IS NULL")),
)
