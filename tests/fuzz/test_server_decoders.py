"""What the server reads: each decoder answers with a value or with known trouble, whatever it is given."""

import base64
import json
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.ids import OperationKey
from common.wire.base import PROTOCOL
from common.wire.problem import ProblemCode
from common.wire.push import PushRequest, Verdict
from server.access.senders import sender_of
from server.api.described import inlined, operation_schema, push_schema
from server.merchant.rescue import _File, _read
from server.merchant.shop_file import SECTIONS, ShopFile, parse_shop_file
from server.sync.feed import Cursor, read_cursor
from server.sync.intake import Broken, Incoming, Readable, read_bytes, read_operations, read_push
from server.sync.recovery.offered import Had, OfferedCard, proven
from server.sync.recovery.receipt import issue
from server.trouble import FileTrouble, ShopFileTrouble
from tests.fuzz.cases import DECODER_CASES, fuzz
from tests.fuzz.drawn import ANYTHING, broken, conforming, written

BOUND_TO: Final = "0123456789abcdef"
HEAD: Final = 100


def _encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


PUSHES: Final = conforming(push_schema())
OPERATIONS: Final = conforming(operation_schema())
CARDS: Final = st.none() | conforming(inlined(OfferedCard))
CURSORS: Final = conforming(inlined(Cursor)).map(
    lambda cursor: cursor | {"bound_to": BOUND_TO, "ver": cursor["ver"] % 150}
)


def keepable(item: Incoming) -> bool:
    """Whether an operation can be kept as it was understood: JSON, of the kind that PostgreSQL takes."""
    json.loads(item.content, parse_constant=pytest.fail)
    return isinstance(item, Readable | Broken) and len(item.digest) == 32


@fuzz(DECODER_CASES)
@given(written(broken(PUSHES)))
@example(b"[" * 100_000)
@example(b'{"protocol": 1' + b"0" * 10_000 + b"}")
def test_a_push_body(body: bytes) -> None:
    request = read_push(body)
    if isinstance(request, PushRequest):
        assert all(map(keepable, read_operations(request.operations)))
    else:
        assert isinstance(request, ProblemCode)


@fuzz(DECODER_CASES)
@given(st.lists(broken(OPERATIONS), max_size=5))
def test_operations(raws: list[Any]) -> None:
    read = read_operations(raws)
    assert len(read) == len(raws)
    assert all(map(keepable, read))


@fuzz(DECODER_CASES)
@given(
    st.text(max_size=600)
    | broken(CURSORS).map(lambda said: _encoded(json.dumps(said).encode()))
    | st.binary().map(_encoded)
)
def test_a_cursor(text: str) -> None:
    cursor = read_cursor(text, BOUND_TO, HEAD)
    if cursor is not None:
        assert cursor.bound_to == BOUND_TO
        assert 0 <= cursor.ver <= HEAD
        assert read_cursor(cursor.encode(), BOUND_TO, HEAD) == cursor


@st.composite
def shop_files(draw: st.DrawFn) -> str:
    """Lines as of a shop file, some of which are none."""
    lines: list[str] = []
    for section in draw(st.lists(st.sampled_from([*SECTIONS, "extra"]), max_size=6)):
        table = f"[[{section}]]" if section in ("stores", "staff") or not draw(st.integers(0, 9)) else f"[{section}]"
        lines.append(table)
        names = sorted(SECTIONS[section].model_fields) if section in SECTIONS else ["name"]
        for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=5)):
            lines.append(f"{name} = {draw(_TOML_VALUES)}")
    return "\n".join(lines)


_TOML_VALUES: Final = st.one_of(
    st.text(max_size=20).map(json.dumps),
    st.sampled_from(
        ['"roast"', '"0042"', '"manager"', "true", "nan", "-inf", "1979-05-27", "07:32:00", "0xff", "[]", "{}"]
    ),
    st.integers(-(2**70), 2**70).map(str),
    st.lists(st.integers() | st.just('"gare"'), max_size=3).map(lambda items: f"[{', '.join(map(str, items))}]"),
    st.text(max_size=10),
)


@fuzz(DECODER_CASES)
@given(shop_files() | st.text(max_size=200))
@example("a = " + "9" * 5_000)
@example("a = " + "[" * 5_000 + "]" * 5_000)
@example("[" + "a." * 5_000 + "a]")
def test_a_shop_file(content: str) -> None:
    read: ShopFile | tuple[str, ...]
    try:
        read = parse_shop_file(content, name="shop.toml")
    except ShopFileTrouble as trouble:
        read = trouble.problems
    assert isinstance(read, ShopFile) or all(problem.strip() for problem in read)
    assert read


RESCUES: Final = conforming(inlined(_File)).map(lambda said: said | {"tillstamp_queue": 1, "protocol": PROTOCOL})
QUEUES: Final = st.lists(OPERATIONS, max_size=3)


@fuzz(DECODER_CASES)
@given(written(broken(st.builds(lambda said, queue: said | {"operations": queue}, RESCUES, QUEUES))))
@example(b"[" * 100_000)
@example(b'{"tillstamp_queue": ' + b"1" * 5_000 + b"}")
@example(json.dumps({"tillstamp_queue": 1, "protocol": 1, "till": {"id": str(UUID(int=1))}}).encode("utf-16"))
def test_a_rescue_file(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rescue.json"
    file.write_bytes(content)
    try:
        operations = _read(file).operations
    except FileTrouble:
        return
    assert all(keepable(read_bytes(raw, seq)) for seq, (_, raw) in enumerate(operations, 1))


@fuzz(DECODER_CASES)
@given(st.binary(max_size=300) | written(broken(OPERATIONS)))
@example(b"[" * 64_000)
@example(b'{"seq": ' + b"9" * 60_000 + b"}")
@example("{}".encode("utf-16"))
def test_the_bytes_of_what_was_parked(raw: bytes) -> None:
    assert keepable(read_bytes(raw, 7))


KEY: Final = UUID(int=7)
SEALED_BY: Final = b"k" * 32
VERDICTS: Final = conforming(inlined(Verdict)).map(lambda said: said | {"key": str(KEY), "outcome": "accepted"})


@fuzz(DECODER_CASES)
@given(st.fixed_dictionaries({"receipt": st.text(max_size=300), "verdict": broken(VERDICTS), "card": broken(CARDS)}))
def test_an_offered_verdict_that_the_server_never_gave(beside: dict[str, Any]) -> None:
    assert proven(SEALED_BY, KEY, OperationKey(KEY), b"d" * 32, beside) is None


@fuzz(DECODER_CASES)
@given(VERDICTS, broken(CARDS))
def test_an_offered_verdict_that_it_gave(said: dict[str, Any], card: Any) -> None:
    verdict = Verdict.model_validate(said)
    receipt = issue(SEALED_BY, KEY, "one", b"d" * 32, verdict.model_dump(mode="json"))
    had = proven(SEALED_BY, KEY, OperationKey(KEY), b"d" * 32, {"receipt": receipt, "verdict": said, "card": card})
    assert had is not None
    assert Had.from_json(had.to_json()).verdict.ver == verdict.ver


@fuzz(DECODER_CASES)
@given(st.none() | st.text(max_size=80) | st.ip_addresses().map(str))
def test_a_senders_address(host: str | None) -> None:
    assert 0 < len(sender_of(host)) <= 64


def test_what_is_drawn_reaches_both_ends() -> None:
    """Cases that are all refused, or all taken, would prove little."""
    seen: set[type] = set()

    @fuzz(100)
    @given(broken(OPERATIONS) | ANYTHING)
    def look(raw: Any) -> None:
        seen.update(type(item) for item in read_operations([raw]))

    look()
    assert seen == {Readable, Broken}
