"""A server that fails over certain operations: the database driver raises for them, as any bug of ours would."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class Bug(Exception):
    """What a test makes the server meet."""


@contextmanager
def failing_over(
    engine: Engine | type[Engine], *keys: str, statement: str = "INSERT INTO transactions"
) -> Iterator[list[str]]:
    """Raise whenever `statement` is sent with one of `keys` among its values; what was sent is collected.

    `engine` is one, or the class: every engine of this process, a server's on a thread included.
    """
    sent: list[str] = []

    def look(_connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        sent.append(text)
        if statement in text and any(key in str(values) for key in keys):
            raise Bug(f"the server fails over {', '.join(keys)}")

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", look)
