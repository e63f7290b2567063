"""The attention list is told in words, and an item stays until somebody resolves it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from server.merchant.attention import NOTE_CHARACTERS_MAX, SENTENCES, list_attention, resolve_attention
from server.store.attention import AttentionKind
from server.store.engine import make_engine
from server.trouble import NotFound, NotPossible
from tests.helpers.clock import START, ManualClock
from tests.helpers.databases import Databases
from tests.server.operate.honest_ledger import sell


@pytest.fixture(scope="module")
def honest(databases: Databases) -> Iterator[Engine]:
    url = databases.make()
    sell(url)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def connection(honest: Engine) -> Iterator[Connection]:
    """Everything done on it is rolled back."""
    with honest.connect() as connection:
        yield connection
        connection.rollback()


def test_every_kind_has_its_sentence() -> None:
    assert set(SENTENCES) == set(AttentionKind)


def test_items_are_told_in_words_with_till_card_and_staff(connection: Connection) -> None:
    by_kind = {item.kind: item for item in list_attention(connection)}
    shortfall = by_kind["shortfall"]
    assert shortfall.sentence == "A void found stamps already spent, 1 in all"
    assert (shortfall.merchant, shortfall.till, shortfall.staff) == ("roast", "Counter", "Ana")
    assert shortfall.card_number is not None
    loss = by_kind["loss"]
    assert loss.sentence == "A reward was handed out that the card did not pay for (insufficient_stamps)"
    assert by_kind["lockout"].sentence == "Locked out after 5 wrong PINs"
    assert not [item for item in by_kind.values() if "?" in item.sentence]


def test_oldest_item_comes_first(connection: Connection) -> None:
    raised = [item.raised_at for item in list_attention(connection)]
    assert raised == sorted(raised)


def test_resolved_item_leaves_the_list_and_keeps_its_note(connection: Connection) -> None:
    before = list_attention(connection)
    item = before[0]
    resolved = resolve_attention(connection, item.short_id, resolution="asked Ana", clock=ManualClock())
    assert resolved == item.attention_id
    assert [left.attention_id for left in list_attention(connection)] == [left.attention_id for left in before[1:]]
    gone = list_attention(connection, "roast", resolved_too=True)[0]
    assert (gone.resolved_at, gone.resolution) == (START, "asked Ana")
    with pytest.raises(NotPossible, match="resolved already"):
        resolve_attention(connection, str(item.attention_id), resolution=None, clock=ManualClock())


@pytest.mark.parametrize("ending", ["", "12345", "----------"])
def test_end_of_an_id_must_be_long_enough(connection: Connection, ending: str) -> None:
    with pytest.raises(NotPossible, match="too short"):
        resolve_attention(connection, ending, resolution=None, clock=ManualClock())


def test_unknown_item_is_told(connection: Connection) -> None:
    with pytest.raises(NotFound, match='no item "zzzzzzzz"'):
        resolve_attention(connection, "zzzzzzzz", resolution=None, clock=ManualClock())


def test_end_that_two_ids_share_resolves_neither(connection: Connection) -> None:
    connection.execute(
        text(
            "INSERT INTO attention (merchant_id, attention_id, kind, detail, raised_at)"
            " SELECT merchant_id, CAST(id AS uuid), 'clock', '{}', now() FROM merchants,"
            " (VALUES ('00000000-0000-7000-8000-00000abcdef1'), ('10000000-0000-7000-8000-00000abcdef1')) AS ids(id)"
        )
    )
    with pytest.raises(NotPossible, match="Several items end"):
        resolve_attention(connection, "abcdef1", resolution=None, clock=ManualClock())
    assert not [item for item in list_attention(connection, resolved_too=True) if item.resolved_at is not None]


@pytest.mark.parametrize("note", ["x" * (NOTE_CHARACTERS_MAX + 1), "asked\x00Ana"])
def test_a_note_has_a_bound(connection: Connection, note: str) -> None:
    item = list_attention(connection)[0]
    with pytest.raises(NotPossible, match="at most 1000 characters"):
        resolve_attention(connection, item.short_id, resolution=note, clock=ManualClock())
    resolve_attention(connection, item.short_id, resolution="x" * NOTE_CHARACTERS_MAX, clock=ManualClock())
