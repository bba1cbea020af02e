"""The scratch engine: no flush by commit, one at the end; never over a store that was there before."""

from __future__ import annotations

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
        demand_durable(scratch._env)


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

    env, scratch._env = scratch._env, Broken()  # type: ignore[assignment]
    with pytest.raises(StoreFailed):
        scratch.seal()
    scratch._env = env


@pytest.mark.parametrize("is_scratch", [True, False])
def test_reading_and_writing_go_on_after_the_map_was_given_back(is_scratch: bool, place: Path) -> None:
    engine = make_scratch(place, MAP, ID_KEY) if is_scratch else open_engine(place, MAP)
    for n in range(1, 6):
        engine.write([append])
        engine.unmap()
        assert engine.read(journal.last) == n
    assert engine.size().mapped == MAP
    engine.close()
