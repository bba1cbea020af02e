"""What only the engine on disk has; the contract is in test_kv."""

from __future__ import annotations

import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import lmdb
import pytest

from jivod.model.entry import Origin
from jivod.model.errors import Damaged, Refused, StoreFailed, StoreFull
from jivod.store import journal, meta, place
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine, demand_durable, open_engine
from jivod.store.tables import CHATS, JOURNAL, TABLES
from tests.store.engines import MAP

ORIGIN = Origin(channel="shop", account="main")

NEIGHBOUR = """
import sys
from pathlib import Path
from jivod.model.entry import Origin
from jivod.store import journal
from jivod.store.lmdb import open_engine
engine = open_engine(Path(sys.argv[1]), int(sys.argv[2]))
origin = Origin(channel="import", account="main")
for _ in range(int(sys.argv[3])):
    (outcome,) = engine.write(
        [lambda txn: journal.append(txn, received_at=1, origin=origin, body=bytes(int(sys.argv[4])))]
    )
    if outcome.error:
        raise outcome.error
"""


@pytest.fixture
def disk(home: Path) -> Iterator[LmdbEngine]:
    engine = open_engine(home, MAP)
    yield engine
    engine.close()


@contextmanager
def room_for(path: Path, more: int) -> Iterator[None]:
    """Let files of this process grow `more` bytes beyond the size of `path`: the next write of LMDB is cut short."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + more, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def append(txn: Txn, size: int = 100) -> int:
    return journal.append(txn, received_at=1, origin=ORIGIN, body=bytes(size)).seq


def forget(monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    """From now on nothing is known of `table` here, as in an earlier version."""
    known = [name for name in TABLES if name != table]
    for room in ("engine", "house"):
        monkeypatch.setattr(f"jivod.store.lmdb.{room}.TABLES", known)


def fill(engine: LmdbEngine) -> NoReturn:
    """Write until there is no more room: what the engine then raises passes through."""
    while True:
        engine.write([lambda txn: append(txn, 20_000)])


def neighbour(home: Path, *, map_size: int = MAP, entries: int = 1, size: int = 100) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", NEIGHBOUR, str(home), str(map_size), str(entries), str(size)])


def test_what_was_written_is_there_after_reopening(home: Path) -> None:
    engine = open_engine(home, MAP)
    engine.write([append])
    engine.close()
    again = open_engine(home, MAP)
    assert again.read(journal.last) == 1
    again.close()


def test_the_id_key_is_made_once(home: Path) -> None:
    for letter in (b"a", b"b"):
        engine = open_engine(home, MAP, random_bytes=lambda size, letter=letter: letter * size)
        assert engine.read(meta.id_key) == b"a" * 32
        engine.close()


def test_without_a_given_source_the_id_key_is_random(tmp_path: Path) -> None:
    found = set()
    for name in ("a", "b"):
        engine = open_engine(tmp_path / name, MAP)
        found.add(engine.read(meta.id_key))
        engine.close()
    assert len(found) == 2


def test_an_id_key_of_a_wrong_size_makes_no_store(home: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        open_engine(home, MAP, random_bytes=lambda _: b"short")
    assert not home.exists()


def test_directory_and_files_are_their_owners_alone(disk: LmdbEngine, home: Path) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in home.iterdir()} == {0o600}


def test_the_file_has_the_format_of_lmdb_0_9(disk: LmdbEngine) -> None:
    assert disk._house.env.lib_version()[:2] == (0, 9)


def test_every_commit_is_flushed(disk: LmdbEngine) -> None:
    flags = disk._house.env.flags()
    assert (flags["sync"], flags["metasync"], flags["writemap"], flags["lock"]) == (True, True, False, True)


@pytest.mark.parametrize("flag", [{"sync": False}, {"metasync": False}, {"writemap": True}])
def test_an_environment_that_does_not_flush_is_refused(tmp_path: Path, flag: dict[str, bool]) -> None:
    with lmdb.open(str(tmp_path), **flag) as env, pytest.raises(StoreFailed, match="without flushing"):  # type: ignore[arg-type]
        demand_durable(env)


def test_an_engine_over_such_an_environment_is_not_to_be_had(
    disk: LmdbEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[lmdb.Environment] = []

    def careless(path: str, **options: object) -> lmdb.Environment:
        opened.append(lmdb.Environment(path, **{**options, "sync": False}))  # type: ignore[arg-type]
        return opened[-1]

    monkeypatch.setattr("jivod.store.lmdb.house.lmdb.open", careless)
    with pytest.raises(StoreFailed):
        open_engine(tmp_path / "other", MAP)
    with pytest.raises(lmdb.Error):
        opened[0].stat()  # closed again


def test_opening_one_store_twice_in_a_process_is_refused(disk: LmdbEngine, home: Path) -> None:
    with pytest.raises(StoreFailed, match="already open"):
        open_engine(home, MAP)


@pytest.mark.parametrize("content", [b"\xff" * 8192, bytes(range(256)) * 64])
def test_a_file_that_is_not_of_lmdb_is_damage(home: Path, content: bytes) -> None:
    home.mkdir(parents=True)
    (home / place.DATA).write_bytes(content)
    with pytest.raises(Damaged, match="restore a backup"):
        open_engine(home, MAP)
    assert (home / place.DATA).read_bytes() == content


def test_an_lmdb_file_of_somebody_else_is_damage_and_left_alone(home: Path) -> None:
    home.mkdir(parents=True)
    with lmdb.open(str(home), max_dbs=1) as env:
        env.open_db(b"theirs")
    before = (home / place.DATA).read_bytes()
    with pytest.raises(Damaged, match="not a store of jivod"):
        open_engine(home, MAP)
    assert (home / place.DATA).read_bytes() == before


def test_a_table_that_a_later_version_added_is_made_when_opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget(monkeypatch, CHATS)
    open_engine(home, MAP).close()
    monkeypatch.undo()
    engine = open_engine(home, MAP)
    assert engine.read(lambda txn: list(txn.range(CHATS))) == []
    engine.close()


def test_no_room_for_the_tables_leaves_no_store(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jivod.store.lmdb.opening.CREATE_MAP", 16384)
    with pytest.raises(StoreFull):
        open_engine(home, MAP)
    assert not home.exists()


def test_a_full_map_is_told_and_everything_before_is_intact(home: Path) -> None:
    engine = open_engine(home, 1 << 20)
    with pytest.raises(StoreFull, match="map_size"):
        fill(engine)
    kept = engine.read(journal.last)
    assert kept > 10
    assert [e.seq for e in engine.read(lambda txn: journal.after(txn, 0, 1000))] == list(range(1, kept + 1))
    engine.close()


def test_a_full_map_fails_the_whole_group_and_not_only_the_job_that_met_it(home: Path) -> None:
    engine = open_engine(home, 1 << 20)
    with pytest.raises(StoreFull):
        engine.write([append, lambda txn: append(txn, 2 << 20), append])
    assert engine.read(journal.last) == 0
    engine.close()


def test_a_full_map_fails_the_whole_group_also_beside_a_job_that_fails_by_itself(home: Path) -> None:
    def fail(_: Txn) -> None:
        raise ZeroDivisionError

    engine = open_engine(home, 1 << 20)
    with pytest.raises(StoreFull):
        engine.write([append, fail, lambda txn: append(txn, 2 << 20)])
    assert engine.read(journal.last) == 0
    engine.close()


def test_a_table_that_cannot_be_added_fails_the_opening_and_can_be_added_later(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch, CHATS)
    open_engine(home, MAP).close()
    monkeypatch.undo()
    data = home / place.DATA
    with room_for(data, 4096 - data.stat().st_size), pytest.raises(StoreFailed, match="restart"):
        open_engine(home, MAP)
    open_engine(home, MAP).close()


def test_a_full_map_is_cured_by_a_larger_one(home: Path) -> None:
    engine = open_engine(home, 1 << 20)
    with pytest.raises(StoreFull):
        fill(engine)
    kept = engine.read(journal.last)
    engine.close()
    engine = open_engine(home, 1 << 22)
    assert engine.write([append])[0].value == kept + 1
    engine.close()


def test_after_a_full_map_smaller_writes_still_go_through(home: Path) -> None:
    engine = open_engine(home, 1 << 20)
    with pytest.raises(StoreFull):
        engine.write([lambda txn: append(txn, 2 << 20)])
    assert engine.write([append])[0].value == 1
    engine.close()


def test_a_write_cut_short_by_the_disk_fails_and_leaves_everything_before(disk: LmdbEngine, home: Path) -> None:
    disk.write([append])
    with room_for(home / place.DATA, 8192), pytest.raises(StoreFailed, match="restart"):
        fill(disk)
    kept = disk.read(journal.last)
    assert [e.seq for e in disk.read(lambda txn: journal.after(txn, 0, 1000))] == list(range(1, kept + 1))


def test_after_a_write_cut_short_only_a_restart_helps(disk: LmdbEngine, home: Path) -> None:
    with room_for(home / place.DATA, 8192), pytest.raises(StoreFailed):
        fill(disk)
    kept = disk.read(journal.last)
    with pytest.raises(StoreFailed, match="before"):
        disk.write([append])
    disk.close()
    again = open_engine(home, MAP)
    assert again.write([append])[0].value == kept + 1
    again.close()


def test_a_full_disk_is_told_as_such_and_writing_goes_on_when_there_is_room(
    disk: LmdbEngine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jivod.store.lmdb.engine.DISK_FULL", 1 << 62)
    with room_for(home / place.DATA, 8192), pytest.raises(StoreFull, match="disk of the store is full"):
        fill(disk)
    kept = disk.read(journal.last)
    assert disk.write([append])[0].value == kept + 1


def test_a_store_that_was_closed_fails_and_does_not_crash(home: Path) -> None:
    engine = open_engine(home, MAP)
    engine.close()
    with pytest.raises(StoreFailed):
        engine.read(journal.last)
    with pytest.raises(StoreFailed):
        engine.write([append])


def test_a_page_that_cannot_be_read_is_damage(disk: LmdbEngine) -> None:
    def job(_: Txn) -> None:
        raise lmdb.CorruptedError("mdb_get: MDB_CORRUPTED")

    with pytest.raises(Damaged, match="restore a backup"):
        disk.read(job)


def test_two_processes_number_the_journal_together_without_a_gap(disk: LmdbEngine, home: Path) -> None:
    with neighbour(home, entries=50) as child:
        while child.poll() is None:
            disk.write([append])
    assert child.returncode == 0
    seqs = [entry.seq for entry in disk.read(lambda txn: journal.after(txn, 0, 100_000))]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len([e for e in disk.read(lambda txn: journal.after(txn, 0, 100_000)) if e.origin.channel == "import"]) == 50


@pytest.mark.parametrize("first", ["read", "write"])
def test_a_map_that_another_process_made_larger_is_taken_over(home: Path, first: str) -> None:
    engine = open_engine(home, 1 << 20)
    with neighbour(home, map_size=1 << 23, entries=40, size=100_000) as child:
        child.wait()
    assert child.returncode == 0
    if first == "read":
        assert engine.read(journal.last) == 40
    assert engine.write([append])[0].value == 41
    engine.close()


def test_a_snapshot_does_not_move_while_others_write(disk: LmdbEngine) -> None:
    def job(txn: Txn) -> tuple[int, int]:
        before = journal.last(txn)
        disk.write([append])
        return before, journal.last(txn)

    assert disk.read(job) == (0, 0)
    assert disk.read(journal.last) == 1


def test_a_dead_reader_is_cleared_away(disk: LmdbEngine, home: Path) -> None:
    code = "import lmdb, os, sys; e = lmdb.open(sys.argv[1]); t = e.begin(); t.get(b'k'); os._exit(0)"
    subprocess.run([sys.executable, "-c", code, str(home)], check=True)
    assert disk.reader_check() == 1


def test_a_copy_is_a_store_of_its_own_with_the_same_content(disk: LmdbEngine, tmp_path: Path) -> None:
    disk.write([append, append])
    disk.copy(tmp_path / "copy")
    twin = open_engine(tmp_path / "copy", MAP)
    assert twin.read(lambda txn: list(txn.range(JOURNAL))) == disk.read(lambda txn: list(txn.range(JOURNAL)))
    assert twin.read(meta.id_key) == disk.read(meta.id_key)
    twin.close()
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "copy").iterdir()} == {0o600}


def test_a_copy_over_something_is_refused(disk: LmdbEngine, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    with pytest.raises(FileExistsError):
        disk.copy(tmp_path / "copy")


def test_a_copy_that_cannot_be_written_leaves_nothing_and_the_store_as_it_was(disk: LmdbEngine, tmp_path: Path) -> None:
    disk.write([lambda txn: append(txn, 100_000)])
    small = tmp_path / "small"
    small.write_bytes(bytes(20_000))
    with room_for(small, 0), pytest.raises(StoreFailed, match="copy was not made"):
        disk.copy(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert disk.write([append])[0].value == 2


def test_what_comes_in_order_fills_its_pages(disk: LmdbEngine) -> None:
    """A body of a chat with a dozen messages takes half a page: without `append` each had one of its own."""
    before, bodies = disk.size().used, 100
    for _ in range(bodies):
        disk.write([lambda txn: journal.append(txn, received_at=1, origin=ORIGIN, body=bytes(1700)) and None])
    assert disk.size().used - before < bodies * 4096 * 0.75


def test_a_directory_of_something_else_is_refused(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "notes.txt").write_text("mine")
    with pytest.raises(Refused):
        open_engine(home, MAP)
