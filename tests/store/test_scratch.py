"""What a fold beside the store needs: a copy of a moment, and an engine that flushes once, at the end."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import lmdb
import pytest

from jivod.model.entry import Origin
from jivod.model.errors import StoreFailed
from jivod.store import journal, meta
from jivod.store.kv import Txn
from jivod.store.lmdb import ScratchEngine, demand_durable, make_scratch, open_engine
from jivod.store.tables import CHATS, JOURNAL
from tests.store.engines import ID_KEY, MAP

ORIGIN = Origin(channel="shop", account="main")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "store"


def append(txn: Txn) -> None:
    journal.append(txn, received_at=1, origin=ORIGIN, body=b"{}")


@pytest.fixture
def scratch(place: Path) -> Iterator[ScratchEngine]:
    engine = make_scratch(place, MAP, ID_KEY)
    yield engine
    engine.close()


def test_what_was_sealed_is_a_store_like_any_other(scratch: ScratchEngine, place: Path) -> None:
    scratch.write([append] * 3)
    scratch.seal()
    scratch.close()
    engine = open_engine(place, MAP)
    assert engine.read(journal.last) == 3
    assert engine.read(meta.id_key) == ID_KEY
    assert (place / "data.mdb").stat().st_mode & 0o777 == 0o600
    engine.write([append])
    engine.close()


def test_no_commit_is_flushed_before_that(scratch: ScratchEngine) -> None:
    with pytest.raises(StoreFailed, match="without flushing"):
        demand_durable(scratch._house.env)


def test_a_store_is_never_opened_so(place: Path) -> None:
    open_engine(place, MAP).close()
    before = (place / "data.mdb").read_bytes()
    with pytest.raises(FileExistsError):
        make_scratch(place, MAP, ID_KEY)
    assert (place / "data.mdb").read_bytes() == before


def test_a_failing_disk_is_told_by_the_seal(scratch: ScratchEngine) -> None:
    class Broken:
        def sync(self, force: bool) -> NoReturn:
            raise lmdb.DiskError("mdb_env_sync: Input/output error")

    env, scratch._house.env = scratch._house.env, Broken()  # type: ignore[assignment]
    with pytest.raises(StoreFailed):
        scratch.seal()
    scratch._house.env = env


@pytest.mark.parametrize("is_scratch", [True, False])
def test_reading_and_writing_go_on_after_the_map_was_given_back(is_scratch: bool, place: Path) -> None:
    engine = make_scratch(place, MAP, ID_KEY) if is_scratch else open_engine(place, MAP)
    for n in range(1, 6):
        engine.write([append])
        engine.unmap()
        assert engine.read(journal.last) == n
    assert engine.size().mapped == MAP
    engine.close()


# A copy of a moment

WRITER = """
import sys
import time
from pathlib import Path
from jivod.store.kv import Txn
from jivod.store.lmdb import open_engine
from jivod.store.tables import CHATS, JOURNAL

def turn(n):  # the same rows again and again, so that pages are freed and taken anew; all of one turn say the same
    def job(txn):
        for row in range(200):
            txn.put(CHATS, b"%d" % (row * 7919 % 1000), b"%08d" % n * (row % 40 + 1))
        for row in range(200):
            txn.put(JOURNAL, b"%d" % ((row * 31 + n) % 3000), b"%08d" % n * 300)
        txn.put(CHATS, b"turn", b"%08d" % n)
    return job

engine = open_engine(Path(sys.argv[1]), int(sys.argv[2]))
print(flush=True)
n = 1
while True:
    engine.write([turn(n)])
    time.sleep(0.005)
    n += 1
"""


def slow_copy(target: int, source: int, start: int, count: int) -> int:
    """In pieces, so that the other process comes between."""
    time.sleep(0.001)
    return _SENDFILE(target, source, start, min(count, 1 << 17))


_SENDFILE = os.sendfile


def test_a_frozen_moment_is_whole_though_another_process_writes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jivod.store.lmdb.copies.os.sendfile", slow_copy)
    large = 1 << 28
    engine = open_engine(place, large)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(place), str(large)], stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        turns = []
        for n in range(5):
            engine.freeze(place.with_name(f"frozen-{n}"))
            frozen = open_engine(place.with_name(f"frozen-{n}"), large)
            turns.append(frozen.read(the_turn))
            frozen.close()
    finally:
        writer.kill()
        writer.communicate()
        engine.close()
    assert turns == sorted(turns)
    assert turns[-1] > turns[0]


def the_turn(txn: Txn) -> int:
    """The number of the last turn; every row of it must be there."""
    rows = dict(txn.range(CHATS))
    turn = rows.pop(b"turn", b"00000000")
    assert all(value == turn * (len(value) // 8) for value in rows.values())
    journal_rows = [value for _, value in txn.range(JOURNAL)]
    assert all(value == value[:8] * 300 for value in journal_rows)
    assert sum(value[:8] == turn for value in journal_rows) in (0, 200)
    return int(turn)


def test_a_frozen_moment_is_a_store_of_its_own(place: Path) -> None:
    engine = open_engine(place, MAP)
    engine.write([append] * 3)
    engine.freeze(place.with_name("frozen"))
    engine.write([append])
    frozen = open_engine(place.with_name("frozen"), MAP)
    assert (frozen.read(journal.last), engine.read(journal.last)) == (3, 4)
    frozen.write([append] * 5)
    assert (frozen.read(journal.last), engine.read(journal.last)) == (8, 4)
    with pytest.raises(FileExistsError):
        engine.freeze(place.with_name("frozen"))
    frozen.close()
    engine.close()


def test_a_moment_that_cannot_be_frozen_leaves_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(place, MAP)

    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("jivod.store.lmdb.copies.os.sendfile", full)
    with pytest.raises(StoreFailed, match="No space left"):
        engine.freeze(place.with_name("frozen"))
    assert not place.with_name("frozen").exists()
    engine.write([append])
    assert engine.read(journal.last) == 1
    engine.close()
