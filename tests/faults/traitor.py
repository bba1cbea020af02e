"""Traitor: twistd over jivod.tac, but for one promise that it breaks. What finds nothing wrong with it proves nothing.

python -m tests.faults.traitor ack-first|no-sync [arguments of twistd]
"""

from __future__ import annotations

import sys
import time
from threading import current_thread
from typing import Any

import lmdb

from jivod.store.lmdb import LmdbEngine, house

LATE = 0.05  # seconds after the answer


def answer_first() -> None:
    """The writer's groups are answered from a transaction that is committed a moment later."""
    honest = LmdbEngine._transact
    open_one: list[tuple[float, Any]] = []

    def transact(engine: LmdbEngine, jobs: Any, outcome: Any) -> Any:
        if current_thread().name != "jivod-writer":
            return honest(engine, jobs, outcome)
        if not open_one:
            open_one.append((time.monotonic(), engine._house.env.begin(write=True)))
        begun, txn = open_one[0]
        outcomes = [outcome(engine._house, txn, job) for job in jobs]
        if time.monotonic() - begun > LATE:
            txn.commit()
            open_one.clear()
        return outcomes

    setattr(LmdbEngine, "_transact", transact)  # noqa: B010


def no_sync() -> None:
    """Nothing is flushed, and nobody asks."""
    open_true = lmdb.open

    def open_lazily(*arguments: Any, **options: Any) -> Any:
        return open_true(*arguments, **{**options, "sync": False, "metasync": False})

    setattr(lmdb, "open", open_lazily)  # noqa: B010
    house.demand_durable = lambda env: None


TREASONS = {"ack-first": answer_first, "no-sync": no_sync}


def main() -> None:
    """Break the promise, and be a daemon."""
    from twisted.scripts.twistd import run

    TREASONS[sys.argv.pop(1)]()
    run()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
