"""Whether Citus could send a statement to the one node of its merchant: read off its text.

Citus does so where each distributed table is bound to one value of the distribution column, by a parameter or through
another table of the same query. It locks rows (`FOR UPDATE`) in such statements alone.
"""

import re
from collections.abc import Container, Iterator
from typing import Final

_NOISE: Final = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
_TABLE: Final = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|USING|INTO|,)\s+(?:LATERAL\s+)?([a-z_]+)(?:\s+(?:AS\s+)?([a-z]+))?(?=\s|$|;|,|\))"
)
_WORDS: Final = {
    "where",
    "set",
    "on",
    "join",
    "left",
    "cross",
    "order",
    "for",
    "using",
    "as",
    "select",
    "values",
    "group",
}
_PARAMETER: Final = r"(?:%\(merchant_id[^)]*\)s(?:::UUID)?|CAST\(%\(merchant_id[^)]*\)s AS uuid\))"
_INSERTED: Final = re.compile(r"INSERT INTO ([a-z_]+)")
_WITH_ITS_MERCHANT: Final = re.compile(
    rf"INSERT INTO [a-z_]+ \([^)]*\bmerchant_id\b[^)]*\)\s*(?:SELECT|VALUES)\s*"
    # A value, or the merchant of a row that is bound to one itself.
    rf"(?:\(?[^)]*?{_PARAMETER}|[a-z_]+\.merchant_id)",
    re.DOTALL,
)
_LOCKS: Final = re.compile(r"\bFOR (?:NO KEY )?(?:UPDATE|SHARE)")


def blocks(statement: str) -> Iterator[str]:
    """Each query of a statement, with its subqueries cut out: they are queries of their own."""
    text = _NOISE.sub("''", statement)
    while inner := re.search(r"\((?=\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE)\b)", text):
        start = inner.start()
        depth, end = 0, start
        for end in range(start, len(text)):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            if depth == 0:
                break
        yield from blocks(text[start + 1 : end])
        text = f"{text[:start]}''{text[end + 1 :]}"
    yield from re.split(r"\bUNION(?: ALL)?\b", text)


def faults(statement: str, distributed: Container[str]) -> list[str]:
    """What keeps Citus from sending this to one node; nothing where it can."""
    found = []
    for block in blocks(statement):
        tables = [
            (name, alias if alias and alias not in _WORDS else name)
            for name, alias in _TABLE.findall(block)
            if name in distributed
        ]
        inserted = _INSERTED.search(block)
        if inserted and inserted[1] in distributed:
            tables = [one for one in tables if one[0] != inserted[1]]
            if not _WITH_ITS_MERCHANT.search(block):
                found.append(f"{inserted[1]} gets a row of no certain merchant")
        found += [f"{name} is not bound to a merchant" for name, alias in tables if not _bound(block, alias, tables)]
        if tables and _LOCKS.search(block) and not re.search(rf"merchant_id = {_PARAMETER}", block):
            found.append("rows of no certain merchant are locked")
    return found


def _bound(block: str, alias: str, tables: list[tuple[str, str]]) -> bool:
    by_name = (
        rf"\b{alias}\.merchant_id = (?:{_PARAMETER}|[a-z_]+\.merchant_id)|[a-z_]+\.merchant_id = {alias}\.merchant_id"
    )
    alone = rf"(?<![.\w])merchant_id = (?:{_PARAMETER}|[a-z_]+\.merchant_id)"
    return bool(re.search(by_name, block) or (len(tables) == 1 and re.search(alone, block)))
