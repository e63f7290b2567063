"""The history of the book's schema. Runs in a process of its own, so that no till ever imports Alembic."""
