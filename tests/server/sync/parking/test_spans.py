"""Each operation of a batch exactly as it stands in the body, whatever it says."""

import json

import pytest

from server.sync.parking.spans import operation_bytes

ODD = {
    "blanks of every kind": b' \t\r\n{ "operations" \n: [ {"a" : 1 } ,\t[ 2 ] , null\r\n]\n, "more": {} } ',
    "the array last": b'{"protocol":1,"clock":{"operations":[9]},"operations":[{"a" : 1 },[ 2 ],null]}',
    "twice, and the last counts": b'{"operations":[7],"operations":[{"a" : 1 },[ 2 ],null]}',
    "names with escapes": b'{"o\\u0070erations":[{"a" : 1 },[ 2 ],null]}',
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_a_batch_written_by_hand(body: bytes) -> None:
    assert operation_bytes(body) == [b'{"a" : 1 }', b"[ 2 ]", b"null"]


@pytest.mark.parametrize(
    "said",
    [
        b'{"n":"Zo\xc3\xab \xe2\x9c\x93 \\u00eb ]}"}',
        b'{"half":"\\ud800"}',
        b"9" * 10_000,
        b"-1e400",
        b'"a\tb"',
        b"[" * 150 + b"]" * 150,
        b'{"key" :  "x","key":1}',
        b"true",
    ],
    ids=range(8),
)
def test_what_is_odd_keeps_every_byte(said: bytes) -> None:
    assert operation_bytes(b'{"operations":[{}, %s ,1]}' % said) == [b"{}", said, b"1"]


def test_a_body_in_another_encoding() -> None:
    body = json.dumps({"operations": [{"name": "Zoë"}]}, ensure_ascii=False)
    assert operation_bytes(body.encode("utf-8-sig")) == ['{"name": "Zoë"}'.encode()]
    assert operation_bytes(body.encode("utf-16-le")) == ['{"name": "Zoë"}'.encode("utf-16-le")]


def test_an_empty_batch() -> None:
    assert operation_bytes(b'{"operations": [ ]}') == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"operations":{}}', b'{"operations":[1', b'{"operations":[1 2]}', b'{"operations"', b"\xff"],
)
def test_what_is_no_batch(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - one of its kind, by whichever reader
        operation_bytes(body)


def test_what_is_nested_too_deep_is_no_batch() -> None:
    with pytest.raises(ValueError, match="nested too deep"):
        operation_bytes(b'{"operations":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}")
