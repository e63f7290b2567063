"""Search in the book, shifts, and redemptions that somebody waits to be told about.

What cards are found by is kept folded beside them: names without case and accents, phone numbers as digits. The rows
that are there are folded here; `desktop.store.search.keys` does the same to those that arrive.
"""

import json
import re
import unicodedata
from typing import Any

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEYS = ("name_key", "name_key_2", "name_key_3", "phone_key", "email_key")

_INDEXES = (
    # A customer reads out the last group of the number; what is typed of it so far is its beginning.
    "CREATE INDEX synced_cards_last_four ON synced_cards (substr(number, 9))",
    *(f"CREATE INDEX synced_cards_{key} ON synced_cards ({key}) WHERE {key} IS NOT NULL" for key in _KEYS),
    # `found_by` is set for enrols alone.
    "CREATE INDEX operations_found_by ON operations (found_by) WHERE open = 1 AND found_by IS NOT NULL",
)

# What a shift counts lies between two positions of the queue: nothing is counted twice, whatever the clock does.
_SHIFTS = """
    CREATE TABLE shifts (
        shift_id INTEGER PRIMARY KEY,
        opened_at INTEGER NOT NULL,
        opened_by TEXT,
        after_position INTEGER NOT NULL,
        closed_at INTEGER,
        closed_by TEXT,
        up_to_position INTEGER,
        waiting_at_close INTEGER
    ) STRICT
"""
_ONE_OPEN_SHIFT = "CREATE UNIQUE INDEX shifts_open ON shifts (closed_at IS NULL) WHERE closed_at IS NULL"

# Redemptions of which nobody has been told yet how they ended (`desktop.store.awaited`).
_AWAITED = "CREATE TABLE awaited (key TEXT PRIMARY KEY) STRICT"

_NO_DIGITS = re.compile(r"[^0-9]+")
_NO_WORD = re.compile(r"[\W_]+")
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_SHORT_COUNTRY_CODES = re.compile("1|7|20|27|3[0-4]|36|39|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-5]|98")


def upgrade() -> None:
    _teach_sqlite()
    # A snapshot may be half gathered: it goes on in a table of the same columns.
    tables = ["synced_cards", *(["incoming_cards"] if _is_there("incoming_cards") else [])]
    for table in tables:
        for key in _KEYS:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {key} TEXT")
        op.execute(
            f"""
            UPDATE {table} SET name_key = fold_name(name, 0), name_key_2 = fold_name(name, 1),
                name_key_3 = fold_name(name, 2), phone_key = fold_phone(phone), email_key = fold_email(email)
            WHERE name IS NOT NULL OR phone IS NOT NULL OR email IS NOT NULL
            """  # noqa: S608 - one of two tables of ours
        )
    op.execute("ALTER TABLE operations ADD COLUMN found_by TEXT")
    op.execute("UPDATE operations SET found_by = fold_enrol(content) WHERE kind = 'enrol'")
    for index in _INDEXES:
        op.execute(index)
    op.execute(_SHIFTS)
    op.execute(_ONE_OPEN_SHIFT)
    op.execute(_AWAITED)


def _is_there(table: str) -> bool:
    found = op.get_bind().exec_driver_sql("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
    return found.first() is not None


def _teach_sqlite() -> None:
    connection: Any = op.get_bind().connection.driver_connection
    connection.create_function("fold_name", 2, lambda name, place: _name_keys(name)[place], deterministic=True)
    connection.create_function("fold_phone", 1, _phone_key, deterministic=True)
    connection.create_function("fold_email", 1, _email_key, deterministic=True)
    connection.create_function("fold_enrol", 1, _enrol_key, deterministic=True)


def _name_keys(name: str | None) -> tuple[str | None, str | None, str | None]:
    words = _fold(name).split() if name else []
    if len(words) < 2:
        return (words[0] if words else None), None, None
    turned = [" ".join(words[start:] + words[:start]) for start in sorted({1, len(words) - 1})]
    return " ".join(words), turned[0], turned[-1] if len(words) > 2 else None


def _fold(text: str) -> str:
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(character for character in apart if not unicodedata.combining(character)).translate(_PLAIN)
    return _NO_WORD.sub(" ", text.lower()).strip()


def _phone_key(phone: str | None) -> str | None:
    bare = _NO_DIGITS.sub("", phone) if phone else ""
    if not bare:
        return None
    international = (phone or "").lstrip().startswith("+") or bare.startswith("00")
    bare = bare.lstrip("0")
    if international:
        short = _SHORT_COUNTRY_CODES.match(bare)
        bare = bare[short.end() if short else 3 :].lstrip("0")
    return bare or None


def _email_key(email: str | None) -> str | None:
    return email.strip().casefold() or None if email else None


def _enrol_key(content: str) -> str | None:
    said = json.loads(content)
    keys = (*_name_keys(said.get("name")), _phone_key(said.get("phone")), _email_key(said.get("email")))
    return "".join(f"\n {key}" for key in keys if key) or None
