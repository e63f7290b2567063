"""The book as a file: who may open it, which versions, what a crash and a full disk leave."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from desktop.store.book import Book
from desktop.store.file.revisions import HEAD
from desktop.trouble import (
    BookDamaged,
    BookInUse,
    BookMissing,
    BookTooNew,
    BookUnwritable,
    DiskFull,
    UpgradeFailed,
)

ROOT = Path(__file__).parents[3]


def _child(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_an_empty_folder_becomes_a_book(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "till.db"
    with Book.open(path) as book, book.read() as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    if os.name == "posix":
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.guards(name="synchronous=FULL")
def test_every_commit_waits_for_the_disk(book_path: Path) -> None:
    with Book.open(book_path) as book, book.write() as connection:
        pragmas = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "foreign_keys")
        }
        # FULL is 2. NORMAL (1) would lose the last commits of a write-ahead log in a power cut.
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}


def test_a_till_never_imports_alembic_sqlalchemy_or_keyring(book_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from desktop.store.book import Book\n"
        "import desktop.cashier.people.sign_in, desktop.cashier.stamp, desktop.secrets, desktop.present.sentences\n"
        "Book.open(Path(sys.argv[1])).close()\n"
        "print([name for name in ('alembic', 'sqlalchemy', 'keyring', 'secretstorage') if name in sys.modules])"
    )
    with _child(code, str(book_path)) as child:
        output, _ = child.communicate()
    assert output.strip() == "[]"


def _write_and_fail(book: Book) -> None:
    with book.write() as connection:
        connection.execute("INSERT INTO pin_attempts (staff_id, failures) VALUES ('a', 1)")
        raise ZeroDivisionError


def test_a_block_that_fails_leaves_nothing(book_path: Path) -> None:
    with Book.open(book_path) as book:
        with pytest.raises(ZeroDivisionError):
            _write_and_fail(book)
        with book.read() as connection:
            assert connection.execute("SELECT count(*) FROM pin_attempts").fetchone() == (0,)


def test_a_block_within_a_block_is_a_bug(book_path: Path) -> None:
    with Book.open(book_path) as book, pytest.raises(sqlite3.OperationalError), book.write(), book.write():
        pass


def test_a_reader_keeps_its_snapshot_while_another_thread_writes(book_path: Path) -> None:
    with Book.open(book_path) as book, book.read() as reading:
        assert reading.execute("SELECT count(*) FROM pin_attempts").fetchone() == (0,)

        def write() -> None:
            with book.write() as connection:
                connection.execute("INSERT INTO pin_attempts (staff_id, failures) VALUES ('a', 1)")

        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        assert reading.execute("SELECT count(*) FROM pin_attempts").fetchone() == (0,)


def test_a_reader_cannot_write(book_path: Path) -> None:
    with Book.open(book_path) as book, pytest.raises(BookUnwritable), book.read() as connection:
        connection.execute("INSERT INTO pin_attempts (staff_id, failures) VALUES ('a', 1)")


def test_two_threads_take_turns(book_path: Path) -> None:
    def count(book: Book) -> None:
        for _ in range(50):
            with book.write() as connection:
                (failures,) = connection.execute("SELECT failures FROM pin_attempts").fetchone()
                connection.execute("UPDATE pin_attempts SET failures = ?", (failures + 1,))

    with Book.open(book_path) as book:
        with book.write() as connection:
            connection.execute("INSERT INTO pin_attempts (staff_id, failures) VALUES ('a', 0)")
        threads = [threading.Thread(target=count, args=(book,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with book.read() as connection:
            assert connection.execute("SELECT failures FROM pin_attempts").fetchone() == (200,)


def test_killed_between_write_and_commit_leaves_nothing(book_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from desktop.store.book import Book\n"
        "book = Book.open(Path(sys.argv[1]))\n"
        "with book.write() as connection:\n"
        "    connection.execute(\"INSERT INTO pin_attempts (staff_id, failures) VALUES ('kept', 1)\")\n"
        "with book.write() as connection:\n"
        "    connection.execute(\"INSERT INTO pin_attempts (staff_id, failures) VALUES ('lost', 1)\")\n"
        "    print('written', flush=True); sys.stdin.read()"
    )
    with _child(code, str(book_path)) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "written\n"
        os.kill(child.pid, signal.SIGKILL)
    # The system gave the dead process's lock back.
    with Book.open(book_path) as book, book.read() as connection:
        assert connection.execute("SELECT staff_id FROM pin_attempts").fetchall() == [("kept",)]


def test_a_second_process_is_kept_out(book_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from desktop.store.book import Book\n"
        "book = Book.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read(); book.close()"
    )
    with _child(code, str(book_path)) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        with pytest.raises(BookInUse):
            Book.open(book_path)
        # Status and export look in all the same.
        with Book.open_read_only(book_path) as reader, reader.read() as connection:
            assert connection.execute("SELECT count(*) FROM operations").fetchone() == (0,)
        child.communicate("")
    Book.open(book_path).close()


def test_read_only_needs_no_window_and_never_writes(book_path: Path) -> None:
    with Book.open_read_only(book_path) as reader:
        with reader.read() as connection:
            assert connection.execute("SELECT count(*) FROM operations").fetchone() == (0,)
        with pytest.raises(RuntimeError), reader.write():
            pass


def test_reading_where_there_is_no_book(tmp_path: Path) -> None:
    with pytest.raises(BookMissing):
        Book.open_read_only(tmp_path / "till.db")
    assert list(tmp_path.iterdir()) == []


def _set_revision(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def test_a_newer_book_is_left_untouched(book_path: Path) -> None:
    _set_revision(book_path, "9999")
    before = book_path.read_bytes()
    with pytest.raises(BookTooNew):
        Book.open(book_path)
    with pytest.raises(BookTooNew):
        Book.open_read_only(book_path)
    assert book_path.read_bytes() == before
    assert not book_path.with_name("till.db.before-upgrade").exists()


@pytest.mark.parametrize("content", [b"This is a shopping list.\n" * 200, b"SQLite format 3\x00" + bytes(4080)])
def test_what_is_no_book_is_left_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "till.db"
    path.write_bytes(content)
    with pytest.raises(BookDamaged):
        Book.open(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_not_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(BookDamaged):
        Book.open(path)


def test_damage_found_in_the_middle_of_the_work(book_path: Path) -> None:
    with closing(sqlite3.connect(book_path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'pin_attempts'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with book_path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with Book.open(book_path) as book, pytest.raises(BookDamaged), book.read() as connection:
        connection.execute("SELECT * FROM pin_attempts").fetchall()


def test_a_full_disk_records_nothing_and_says_so(book_path: Path) -> None:
    with Book.open(book_path) as book:
        with book.write() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        rows = [(f"{place:050}",) for place in range(2_000)]
        with pytest.raises(DiskFull), book.write() as connection:
            connection.executemany("INSERT INTO pin_attempts (staff_id, failures) VALUES (?, 1)", rows)
        with book.write() as connection:
            assert connection.execute("SELECT count(*) FROM pin_attempts").fetchone() == (0,)
            connection.execute("INSERT INTO pin_attempts (staff_id, failures) VALUES ('goes on', 1)")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BookUnwritable):
        Book.open(tmp_path / "file" / "till.db")


def test_an_old_book_is_not_read_before_it_is_upgraded(book_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.store.book.REVISIONS", ("0000", HEAD))
    _set_revision(book_path, "0000")
    with pytest.raises(UpgradeFailed):
        Book.open_read_only(book_path)
