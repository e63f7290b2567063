"""A migration is history: it must still do tomorrow what it did when it was written, whatever our code says by then."""

import ast

import pytest

from tests.shape.source import PRODUCT, ROOT


@pytest.mark.parametrize("side", ["server", "desktop"])
def test_a_migration_imports_none_of_our_code(side: str) -> None:
    steps = [
        path for path in (ROOT / side / "store" / "migrations" / "versions").glob("*.py") if path.name != "__init__.py"
    ]
    assert steps, "there is no migration"
    ours = [
        f"{path.name}:{node.lineno}"
        for path in steps
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom) and _names_ours(node)
    ]
    assert ours == []


def _names_ours(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or (node.module or "").split(".")[0] in PRODUCT
    return any(alias.name.split(".")[0] in PRODUCT for alias in node.names)


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        ("import sqlalchemy", False),
        ("from alembic import op", False),
        ("import server.store.tables", True),
        ("from common import terms", True),
        ("from .. import env", True),
    ],
)
def test_our_code_is_recognised(line: str, ours: bool) -> None:
    node = ast.parse(line).body[0]
    assert isinstance(node, ast.Import | ast.ImportFrom)
    assert _names_ours(node) is ours
