"""The book.

Ids and keys are lower-case UUID text, readable in a rescue; moments are integers of microseconds since 1970 in UTC.
The synced tables have no inline keys: a snapshot is gathered in copies without any index, which are indexed once, when
they take the place of the old ones.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_OWN_TABLES = (
    # One row: who this till is, how far it is in step with the server, and how its clock stands to the server's.
    """
    CREATE TABLE book (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        till_id TEXT NOT NULL,
        till_name TEXT NOT NULL,
        till_number INTEGER NOT NULL,
        store_id TEXT NOT NULL,
        store_name TEXT NOT NULL,
        merchant_id TEXT NOT NULL,
        merchant_name TEXT NOT NULL,
        server_url TEXT NOT NULL,
        secrets_place TEXT NOT NULL CHECK (secrets_place IN ('keyring', 'file')),
        standing TEXT NOT NULL DEFAULT 'enrolled'
            CHECK (standing IN ('enrolled', 'must_enrol_again', 'update_needed')),
        epoch INTEGER NOT NULL,
        next_seq INTEGER NOT NULL DEFAULT 1,
        waiting INTEGER NOT NULL DEFAULT 0,
        rejected INTEGER NOT NULL DEFAULT 0,
        parked INTEGER NOT NULL DEFAULT 0,
        incarnation TEXT NOT NULL,
        cursor TEXT,
        synced_ver INTEGER NOT NULL DEFAULT 0,
        pages_applied INTEGER NOT NULL DEFAULT 0,
        verifiers_void INTEGER NOT NULL DEFAULT 0,
        staging_cursor TEXT,
        staging_incarnation TEXT,
        contact_server_time INTEGER NOT NULL,
        contact_wall_time INTEGER NOT NULL,
        contact_uptime_ms INTEGER NOT NULL,
        contact_boot_id TEXT NOT NULL,
        last_push_at INTEGER,
        last_pull_at INTEGER,
        offline_since INTEGER
    ) STRICT
    """,
    # What happened here. `position` is the order of recording. `content` is what is sent, but for `seq`.
    # Nothing indexes `seq`: within an epoch it runs with `position`, and every index is paid for with each stamp.
    # `stamps` is what the effect is about: given, asked back, or spent; never a balance.
    """
    CREATE TABLE operations (
        position INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        epoch INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        kind TEXT NOT NULL,
        card_id TEXT,
        staff_id TEXT,
        approved_by TEXT,
        at INTEGER NOT NULL,
        content TEXT NOT NULL,
        stamps INTEGER,
        original TEXT,
        original_kind TEXT,
        number TEXT,
        token TEXT,
        merged_into TEXT,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'accepted', 'rejected', 'parked')),
        open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
        verdict TEXT,
        verdict_ver INTEGER,
        acknowledged_at INTEGER
    ) STRICT
    """,
    "CREATE INDEX operations_waiting ON operations (position) WHERE state = 'waiting'",
    "CREATE INDEX operations_open ON operations (card_id) WHERE open = 1",
    "CREATE INDEX operations_merged ON operations (merged_into) WHERE open = 1 AND merged_into IS NOT NULL",
    "CREATE INDEX operations_number ON operations (number) WHERE open = 1 AND number IS NOT NULL",
    "CREATE INDEX operations_token ON operations (token) WHERE open = 1 AND token IS NOT NULL",
    "CREATE INDEX operations_original ON operations (original) WHERE original IS NOT NULL",
    "CREATE INDEX operations_settling ON operations (verdict_ver) WHERE open = 1 AND state = 'accepted'",
    """
    CREATE INDEX operations_attention ON operations (state)
    WHERE acknowledged_at IS NULL AND state IN ('rejected', 'parked')
    """,
    # Counted before a PIN is looked at. `reported` says that the lock's operation was recorded.
    """
    CREATE TABLE pin_attempts (
        staff_id TEXT PRIMARY KEY,
        failures INTEGER NOT NULL,
        locked_until INTEGER,
        reported INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
)

_SYNCED_TABLES = (
    """
    CREATE TABLE synced_merchant (
        merchant_id TEXT NOT NULL,
        name TEXT NOT NULL,
        offline_days_max INTEGER NOT NULL,
        pin_attempts_max INTEGER NOT NULL,
        pin_lock_minutes INTEGER NOT NULL,
        ver INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX synced_merchant_id ON synced_merchant (merchant_id)",
    """
    CREATE TABLE synced_program (
        program_id TEXT NOT NULL,
        name TEXT NOT NULL,
        inactive_since INTEGER,
        ver INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX synced_program_id ON synced_program (program_id)",
    "CREATE TABLE synced_stores (store_id TEXT NOT NULL, name TEXT NOT NULL, ver INTEGER NOT NULL) STRICT",
    "CREATE UNIQUE INDEX synced_stores_id ON synced_stores (store_id)",
    """
    CREATE TABLE synced_terms (
        version INTEGER NOT NULL,
        stamps_target INTEGER NOT NULL,
        reward TEXT NOT NULL,
        cooldown_minutes INTEGER NOT NULL,
        daily_limit INTEGER NOT NULL,
        visit_limit INTEGER NOT NULL,
        stamps_enabled INTEGER NOT NULL,
        timezone TEXT NOT NULL,
        day_starts_at TEXT NOT NULL,
        pin_policy TEXT NOT NULL,
        allow_voids INTEGER NOT NULL,
        void_days_max INTEGER NOT NULL,
        cross_store_redemption INTEGER NOT NULL,
        offline_redemption TEXT NOT NULL,
        ver INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX synced_terms_version ON synced_terms (version)",
    # `store_ids` is a JSON list; NULL is every store. Salt, cost and verifier are NULL for somebody without a PIN.
    """
    CREATE TABLE synced_staff (
        staff_id TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        store_ids TEXT,
        salt BLOB,
        time_cost INTEGER,
        memory_kib INTEGER,
        parallelism INTEGER,
        verifier BLOB,
        inactive_since INTEGER,
        ver INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX synced_staff_id ON synced_staff (staff_id)",
    """
    CREATE TABLE synced_cards (
        card_id TEXT NOT NULL,
        number TEXT NOT NULL,
        token TEXT NOT NULL,
        store_id TEXT NOT NULL,
        name TEXT,
        phone TEXT,
        email TEXT,
        stamp_count INTEGER NOT NULL,
        lifetime_stamps INTEGER NOT NULL,
        redemptions INTEGER NOT NULL,
        last_stamp_at INTEGER,
        last_redemption_at INTEGER,
        inactive_since INTEGER,
        carried_over INTEGER NOT NULL,
        ver INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX synced_cards_id ON synced_cards (card_id)",
    # Not unique: a code moves between rows of one page when a lost card is replaced.
    "CREATE INDEX synced_cards_number ON synced_cards (number)",
    "CREATE INDEX synced_cards_token ON synced_cards (token)",
    """
    CREATE TABLE synced_aliases (
        card_id TEXT NOT NULL,
        merged_into TEXT NOT NULL,
        ver INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX synced_aliases_id ON synced_aliases (card_id)",
    "CREATE INDEX synced_aliases_into ON synced_aliases (merged_into)",
    """
    CREATE TABLE synced_transactions (
        key TEXT NOT NULL,
        card_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        till_id TEXT,
        staff_id TEXT,
        kind TEXT NOT NULL,
        delta INTEGER NOT NULL,
        balance_after INTEGER NOT NULL,
        original TEXT,
        shortfall INTEGER NOT NULL,
        reward TEXT,
        event_time INTEGER NOT NULL,
        business_date TEXT NOT NULL,
        ver INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX synced_transactions_key ON synced_transactions (key)",
    "CREATE INDEX synced_transactions_card ON synced_transactions (card_id, event_time)",
    "CREATE INDEX synced_transactions_original ON synced_transactions (original) WHERE original IS NOT NULL",
)


def upgrade() -> None:
    for statement in _OWN_TABLES + _SYNCED_TABLES:
        op.execute(statement)
