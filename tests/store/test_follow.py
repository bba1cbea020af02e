"""Where another store takes the place of one that is open, everything goes on there; the old one gets nothing more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from jivod.model.errors import Refused, StoreFailed
from jivod.store import keys, meta
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine, make_scratch, open_engine
from jivod.store.tables import FORMER, META

MAP = 1 << 24


def put(name: bytes) -> object:
    return lambda txn: txn.put(FORMER, name, b"x")


def names(txn: Txn) -> list[bytes]:
    return [key for key, _ in txn.range(FORMER)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def engine(path: Path) -> Iterator[LmdbEngine]:
    engine = open_engine(path, MAP)
    engine.write([put(b"old")])
    yield engine
    engine.close()


def another(path: Path, schema: int = meta.SCHEMA) -> Path:
    """A store that is to take the place of the one at `path`."""
    beside = path.with_name("new")
    twin = make_scratch(beside, MAP, bytes(32))
    twin.write([put(b"new"), lambda txn: meta.set_schema(txn, schema)])
    twin.seal()
    twin.close()
    return beside


def exchange(path: Path) -> None:
    beside = path.with_name("new") if path.with_name("new").exists() else another(path)
    path.rename(path.with_name("gone"))
    beside.rename(path)


def test_the_next_write_goes_to_the_new_one(engine: LmdbEngine, path: Path) -> None:
    exchange(path)
    assert engine.read(names) == [b"old"]  # of its moment
    engine.write([put(b"then")])
    assert engine.read(names) == [b"new", b"then"]
    gone = LmdbEngine(path.with_name("gone"), MAP)
    assert gone.read(names) == [b"old"]
    gone.close()


def test_it_goes_on_there_without_a_write_too_and_the_old_one_is_let_go(engine: LmdbEngine, path: Path) -> None:
    assert not engine.follow()
    before = len(os.listdir("/proc/self/fd"))
    exchange(path)
    assert engine.follow()
    assert not engine.follow()
    assert engine.read(names) == [b"new"]
    assert len(os.listdir("/proc/self/fd")) == before
    assert not any("gone" in line for line in Path("/proc/self/maps").read_text().splitlines())


def test_the_new_one_is_opened_as_the_old_one_was(path: Path) -> None:
    for reads_ahead in (True, False):
        engine = open_engine(path, MAP, reads_ahead=reads_ahead)
        exchange(path)
        assert engine.follow()
        assert engine._house.env.flags()["readahead"] is reads_ahead
        engine.close()
        path.with_name("gone").rename(path.with_name("new"))


def test_whoever_reads_reads_on_in_the_old_one(engine: LmdbEngine, path: Path) -> None:
    entered, leave, seen = Event(), Event(), []

    def slow(txn: Txn) -> None:
        entered.set()
        leave.wait(10)
        seen.extend(names(txn))

    reader = Thread(target=engine.read, args=(slow,))
    reader.start()
    entered.wait(10)
    exchange(path)
    engine.write([put(b"then")])
    assert engine.read(names) == [b"new", b"then"]
    leave.set()
    reader.join()
    assert seen == [b"old"]
    assert not any("gone" in line for line in Path("/proc/self/maps").read_text().splitlines())


def test_a_job_that_raises_rolls_back_alone_there_too(engine: LmdbEngine, path: Path) -> None:
    exchange(path)
    good, bad, also = engine.write([put(b"1"), lambda txn: 1 / 0, put(b"2")])
    assert (good.error, also.error) == (None, None)
    assert isinstance(bad.error, ZeroDivisionError)
    assert engine.read(names) == [b"1", b"2", b"new"]


def test_nobody_writes_beside_who_is_alone_and_whoever_waits_writes_to_the_new_one(path: Path) -> None:
    first = open_engine(path, MAP)
    first.close()
    engine = open_engine(path, MAP)
    done = Event()
    writer = Thread(target=lambda: (engine.write([put(b"waited")]), done.set()))
    with engine.alone():
        writer.start()
        assert not done.wait(0.05)
        exchange(path)
    writer.join(10)
    assert done.is_set()
    assert engine.read(names) == [b"new", b"waited"]
    engine.close()


def test_who_wants_to_be_alone_with_a_store_that_has_gone_is_refused(engine: LmdbEngine, path: Path) -> None:
    exchange(path)
    with pytest.raises(Refused, match="was exchanged meanwhile"), engine.alone():
        raise AssertionError


def test_what_fails_alone_leaves_the_store_to_others(engine: LmdbEngine) -> None:
    with pytest.raises(ZeroDivisionError), engine.alone():
        raise ZeroDivisionError
    engine.write([put(b"then")])
    assert engine.read(names) == [b"old", b"then"]


@pytest.mark.parametrize("schema", [meta.SCHEMA + 1, 0])
def test_a_store_of_another_jivod_is_not_gone_on_with(engine: LmdbEngine, path: Path, schema: int) -> None:
    another(path, schema)
    exchange(path)
    with pytest.raises(StoreFailed, match="another jivod"):
        engine.write([put(b"then")])
    with pytest.raises(StoreFailed, match="until the restart"):
        engine.write([put(b"then")])


def test_while_nothing_stands_there_it_stays_where_it_is(engine: LmdbEngine, path: Path) -> None:
    path.rename(path.with_name("away"))
    assert not engine.follow()
    engine.write([put(b"then")])
    assert engine.read(names) == [b"old", b"then"]
    path.with_name("away").rename(path)


def test_a_store_that_just_takes_the_place_is_opened_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of an environment are opened one after the other: never one of each."""
    open_engine(path, MAP).close()
    another(path)
    import lmdb

    opened = lmdb.open
    calls: list[str] = []

    def slow(*given: object, **named: object) -> object:
        env = opened(*given, **named)  # type: ignore[arg-type]
        if not calls:
            exchange(path)
        calls.append("opened")
        return env

    monkeypatch.setattr("jivod.store.lmdb.house.lmdb.open", slow)
    engine = LmdbEngine(path, MAP)
    assert engine.read(lambda txn: txn.get(META, keys.text("schema"))) is not None
    assert (engine.read(names), len(calls)) == ([b"new"], 2)
    engine.close()


def test_a_copy_of_a_moment_is_that_of_the_store_that_is_open(engine: LmdbEngine, path: Path, tmp_path: Path) -> None:
    exchange(path)
    engine.freeze(tmp_path / "copy")
    copy = LmdbEngine(tmp_path / "copy", MAP)
    assert copy.read(names) == [b"old"]
    copy.close()
