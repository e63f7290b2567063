"""Which versions of the book this program knows, without asking Alembic, which a till never imports."""

from typing import Final

REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every version of the book, oldest first; a test holds it equal to the migration scripts."""

HEAD: Final = REVISIONS[-1]
