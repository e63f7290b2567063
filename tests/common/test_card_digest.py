"""The digest's law: what a row's text is, what its hash, and where two digests differ."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import pytest

from common.card_digest import (
    BUCKETS,
    Columns,
    DigestKind,
    canonical_text,
    differing,
    history_since,
    pack,
    row_hash,
)
from tests.samples import files

SAMPLE: Final[list[dict[str, Any]]] = files.card_digest()
AS_KEPT: Final = Columns(moment=lambda name: name, day=lambda name: name)


@pytest.mark.parametrize("sample", SAMPLE, ids=lambda sample: str(sample["row"]["card_id"][-2:]))
def test_a_frozen_row_has_its_text_and_its_hash(sample: dict[str, Any]) -> None:
    """In SQLite, as a till keeps it; `tests/server/store/agreement` asks PostgreSQL for the same."""
    row = sample["row"]
    columns = ", ".join(f":{name} AS {name}" for name in row)
    text = canonical_text(DigestKind(sample["kind"]), AS_KEPT)
    with closing(sqlite3.connect(":memory:")) as database:
        (written,) = database.execute(f"SELECT {text} FROM (SELECT {columns})", row).fetchone()
    assert written == sample["text"]
    assert f"{row_hash(written.encode()):016x}" == sample["hash"]


def test_every_kind_has_a_frozen_row_with_all_its_fields() -> None:
    assert {sample["kind"] for sample in SAMPLE} == {kind.value for kind in DigestKind}
    for sample in SAMPLE:
        text = canonical_text(DigestKind(sample["kind"]), AS_KEPT)
        assert all(name in text for name in sample["row"])


@pytest.mark.parametrize(
    "row",
    [{"name": "1:a|-", "phone": None}, {"name": "a", "phone": "-"}, {"name": "", "phone": ""}, {"name": None}],
    ids=str,
)
def test_no_two_rows_share_a_text(row: dict[str, Any]) -> None:
    text = canonical_text(DigestKind.CARD, AS_KEPT)
    cards = [SAMPLE[0]["row"] | {"name": "a", "phone": None}, SAMPLE[0]["row"] | {"name": "a|1:-", "phone": None} | row]
    columns = ", ".join(f":{name} AS {name}" for name in cards[0])
    with closing(sqlite3.connect(":memory:")) as database:
        texts = {database.execute(f"SELECT {text} FROM (SELECT {columns})", card).fetchone()[0] for card in cards}
    assert len(texts) == 2


def test_history_begins_with_a_day_that_every_snapshot_of_today_still_brings() -> None:
    assert history_since(datetime(2026, 11, 22, 18, 30, 5, 7, UTC)) == datetime(2026, 10, 19, tzinfo=UTC)
    assert history_since(datetime(2026, 11, 22, 0, 30, tzinfo=timezone(timedelta(hours=1)))).day == 18
    late = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
    assert history_since(late) >= late.replace(hour=0, minute=0, second=0) - timedelta(days=35)


def test_two_digests_differ_where_a_bucket_does() -> None:
    ours = [0] * BUCKETS
    theirs = [*ours]
    theirs[0], theirs[17], theirs[255] = 1, 2**64 - 1, 2**63
    assert differing(pack(ours), pack(theirs)) == [0, 17, 255]
    assert differing(pack(theirs), pack(theirs)) == []


def test_what_is_no_digest_is_not_compared() -> None:
    with pytest.raises(ValueError, match="a digest has 2048 bytes, not 2048 and 7"):
        differing(bytes(2048), b"a digit")
