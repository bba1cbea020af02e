"""Engines under test: each with a switch that makes its next commit fail, as a disk would."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lmdb
from attrs import define

from jivod.model.errors import StoreFailed
from jivod.store.kv import Engine
from jivod.store.lmdb import open_engine
from jivod.store.memory import MemoryEngine

MAP = 1 << 24
ID_KEY = bytes(range(32))


@define(eq=False)
class Subject:
    """An engine, and how to break it."""

    engine: Engine
    break_commit: Callable[[], None]


@contextmanager
def memory() -> Iterator[Subject]:
    """The engine in memory."""
    broken: list[StoreFailed] = []

    def before_commit() -> None:
        if broken:
            raise broken[0]

    yield Subject(MemoryEngine(ID_KEY, before_commit=before_commit), lambda: broken.append(StoreFailed("broken")))


@contextmanager
def on_disk() -> Iterator[Subject]:
    """The engine on disk."""
    with tempfile.TemporaryDirectory() as beside:
        engine = open_engine(Path(beside) / "store", MAP, random_bytes=lambda _: ID_KEY)
        env = _BreakableEnv(engine._house.env)
        engine._house.env = env  # type: ignore[assignment]
        try:
            yield Subject(engine, env.break_commit)
        finally:
            engine.close()


MAKERS = {"memory": memory, "lmdb": on_disk}


class _BreakableEnv:
    """An LMDB environment whose commits can be made to fail."""

    def __init__(self, env: lmdb.Environment) -> None:
        self._env = env
        self._broken = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)

    def break_commit(self) -> None:
        self._broken = True

    def begin(self, *, write: bool = False, parent: Any = None) -> Any:
        txn = self._env.begin(write=write, parent=parent and parent.whole)
        return _FailingTxn(txn) if self._broken and parent is None and write else _Txn(txn)


class _Txn:
    def __init__(self, whole: Any) -> None:
        self.whole = whole

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)

    def __enter__(self) -> Any:
        return self.whole.__enter__()

    def __exit__(self, *error: object) -> None:
        self.whole.__exit__(*error)


class _FailingTxn(_Txn):
    def commit(self) -> None:
        error = lmdb.Error("mdb_txn_commit: Input/output error")
        error.code = errno.EIO  # type: ignore[misc]
        raise error
