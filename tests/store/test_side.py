"""The side file: made when it is first written, gone when it is spoiled, and never in the way."""

from __future__ import annotations

import glob
import os
import sqlite3
import threading

import pytest

from jivod.model.errors import Busy, Damaged, StoreFull
from jivod.store import side
from jivod.store.side import Side

SCHEMA = ("CREATE TABLE word (word TEXT)",)


@pytest.fixture
def file(tmp_path):
    made = Side(tmp_path / "search.db", {"version": "1"}, SCHEMA)
    yield made
    made.close()


def words(rows: side.Rows) -> list[str]:
    return [word for (word,) in rows.execute("SELECT word FROM word ORDER BY word")]


def add(word: str) -> side.SideJob[object]:
    return lambda rows: rows.execute("INSERT INTO word VALUES (?)", (word,))


def test_nothing_is_there_before_the_first_write(file, tmp_path):
    assert file.read(words) is None and list(tmp_path.iterdir()) == []
    file.write(add("a"))
    assert file.read(words) == ["a"]
    assert (tmp_path / "search.db").stat().st_mode & 0o777 == 0o600


def test_a_job_that_fails_leaves_nothing(file):
    file.write(add("a"))

    def job(rows: side.Rows) -> None:
        add("b")(rows)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        file.write(job)
    assert file.read(words) == ["a"]


def test_a_file_of_another_kind_counts_as_none_and_is_replaced(file, tmp_path):
    file.write(add("a"))
    other = Side(tmp_path / "search.db", {"version": "2"}, SCHEMA)
    assert other.read(words) is None
    other.write(add("b"))
    assert (other.read(words), file.read(words)) == (["b"], None)
    other.close()


def test_whoever_removes_it_does_so_for_all(file, tmp_path):
    file.write(add("a"))
    side.remove(tmp_path / "search.db")
    assert list(tmp_path.iterdir()) == [] and file.read(words) is None
    file.write(add("b"))
    assert file.read(words) == ["b"]


def test_the_file_alone_may_be_removed(file, tmp_path):
    file.write(add("a"))
    (tmp_path / "search.db").unlink()
    assert file.read(words) is None
    file.write(add("b"))
    assert file.read(words) == ["b"]
    file.close()
    assert file.read(words) == ["b"]


@pytest.mark.parametrize("spoil", [b"", b"no database at all" * 500])
def test_what_is_no_database_is_replaced(file, tmp_path, spoil):
    (tmp_path / "search.db").write_bytes(spoil)
    if spoil:
        with pytest.raises(Damaged):
            file.read(words)
    assert file.read(words) is None
    file.write(add("a"))
    assert file.read(words) == ["a"]


@pytest.mark.parametrize("spoil", [b"no database at all" * 500, b"SQLite format 3\0" + b"\xff" * 8000])
def test_what_cannot_be_opened_is_let_go_at_once(file, tmp_path, spoil):
    (tmp_path / "search.db").write_bytes(spoil)
    with pytest.raises(Damaged) as told:
        file.read(words)
    assert told.value.__traceback__ is not None  # whoever keeps the error keeps no file
    assert [path for path in map(os.readlink, descriptors()) if path.startswith(f"{tmp_path}/")] == []


def descriptors() -> list[str]:
    return [path for path in glob.glob("/proc/self/fd/*") if os.path.lexists(path)]


def test_a_file_with_damage_inside_is_removed_when_it_is_found(file, tmp_path):
    file.write(lambda rows: rows.executemany("INSERT INTO word VALUES (?)", [("x" * 500,)] * 500))
    file.settle()
    file.close()
    path = tmp_path / "search.db"
    path.write_bytes(path.read_bytes()[:8192] + b"\xff" * (path.stat().st_size - 8192))
    with pytest.raises(Damaged):
        file.read(words)
    assert not path.exists()


def test_a_full_disk_is_told_as_such(file):
    file.write(add("a"))

    def fill(rows: side.Rows) -> None:
        rows.execute("PRAGMA max_page_count = 5")
        rows.executemany("INSERT INTO word VALUES (?)", [("x" * 500,)] * 500)

    with pytest.raises(StoreFull):
        file.write(fill)
    assert file.read(words) == ["a"]


def test_another_writer_is_waited_for_and_then_told(file, tmp_path, monkeypatch):
    monkeypatch.setattr(side, "PATIENCE", 0.01)
    file.write(add("a"))
    file.close()
    other = sqlite3.connect(tmp_path / "search.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        file.write(add("b"))
    assert file.read(words) == ["a"]
    other.close()


def test_each_thread_reads_what_is_there_while_another_writes(file):
    file.write(add("a"))
    found: list[object] = []

    def read() -> None:
        found.append(file.read(words))
        file.close()

    def job(rows: side.Rows) -> None:
        add("b")(rows)
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()

    file.write(job)
    assert (found, file.read(words)) == ([["a"]], ["a", "b"])


def test_no_handle_is_left(file, tmp_path):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        file.write(add("a"))
        file.remove()
    assert len(os.listdir("/proc/self/fd")) == before
