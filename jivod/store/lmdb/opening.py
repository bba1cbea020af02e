"""Opening: a store is found, told from everything else that may lie there, brought up to date; or made."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import lmdb

from jivod.model.errors import Damaged, StoreFailed
from jivod.store import meta, place
from jivod.store.lmdb.engine import LmdbEngine, ScratchEngine
from jivod.store.migrate import demand_known, migrate

CREATE_MAP = 1 << 24  # bytes: enough for the empty tables


def open_engine(
    path: Path, map_size: int, *, reads_ahead: bool = True, random_bytes: Callable[[int], bytes] = os.urandom
) -> LmdbEngine:
    """Open the environment at `path`, made there if there is none; `map_size` in bytes is the most it may ever hold.

    `reads_ahead`: the kernel reads what lies behind a page as well, for who reads whole tables. Who looks up single
    keys waits for that: a page of a customer took 41 ms with it and 14 without, of a store that was not in memory.
    `random_bytes(n)` gives the id key of a new environment. Raises Refused (a newer file, or no store there), Damaged
    (cut short, no LMDB file, no schema), StoreFull and StoreFailed.
    """
    place.ensure(path, lambda beside: _create(beside, random_bytes(meta.ID_KEY_SIZE)))
    engine = _open(path, map_size, reads_ahead=reads_ahead)
    try:
        if not engine.is_ours():
            raise Damaged("the store has no table meta: it is not a store of jivod, or it is damaged")
        demand_known(engine)  # before anything is written to it
        engine.create_tables()
        migrate(engine, lambda schema: _copy_anew(engine, path.with_name(f"{path.name}.schema-{schema}")))
        engine.reader_check()
    except BaseException:
        engine.close()
        raise
    return engine


def make_scratch(path: Path, map_size: int, id_key: bytes) -> ScratchEngine:
    """A new environment in the new directory `path` that gives out ids by `id_key`, to be folded into by this process.

    No store that was there before is ever opened so: FileExistsError. Raises StoreFull and StoreFailed.
    """
    path.mkdir(mode=0o700)
    _create(path, id_key)
    return ScratchEngine(path, map_size)


def _copy_anew(engine: LmdbEngine, path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)  # of a migration that did not come through: what is live has it all
    engine.copy(path)


def _create(path: Path, id_key: bytes) -> None:
    engine = _open(path, CREATE_MAP)
    try:
        engine.create_tables()
        (outcome,) = engine.write([lambda txn: meta.initialise(txn, id_key)])
        if outcome.error is not None:
            raise outcome.error
    finally:
        engine.close()


def _open(path: Path, map_size: int, *, reads_ahead: bool = True) -> LmdbEngine:
    try:
        return LmdbEngine(path, map_size, reads_ahead=reads_ahead)
    except (lmdb.InvalidError, lmdb.VersionMismatchError, lmdb.CorruptedError) as error:
        raise Damaged("the data file of the store is no LMDB 0.9 file, or it is damaged: restore a backup") from error
    except lmdb.Error as error:
        raise StoreFailed(f"the store cannot be opened: {error}") from error
