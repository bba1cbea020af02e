"""Preload: what an event costs in a store of many customers, against a small one.

    python -m tests.hold.preload [--customers 1000000] [--directory /tmp] [--check]

Fills both stores, times groups of 32 events in turn, prints the ratio, removes what it made. A million customers
take some two minutes and two gigabytes of disk; `--check` reads them all once more and takes five.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random

from attrs import define, field, frozen

from jivod.flow.ingest import Delivery, ingest
from jivod.service.garbage import THRESHOLDS
from jivod.store.check import check
from jivod.store.kv import Engine, Job
from jivod.store.lmdb import open_engine
from jivod.wire import jivo
from tests.hold.crowd import DESK, ORIGIN, START, body_of, fill

GROUP = 32  # events to a transaction
GROUPS = 10  # of each kind, to a repetition
EVENTS = GROUP * GROUPS
FRESH = 50_000_000  # the number of the first customer whom no store knows
MAP_SIZE = 1 << 36
BOUND = 1.3


@define(eq=False)
class Store:
    """A store of `size` customers, and the events that are still to come."""

    engine: Engine
    size: int
    random: Random = field(factory=lambda: Random(1))
    fresh: count[int] = field(factory=lambda: count(FRESH))
    chats: count[int] = field(factory=count)

    def cost(self, *, known: bool) -> float:
        """Seconds of CPU that one event takes: `GROUPS` groups of distinct events, commit and all."""
        groups = [[self._job(known) for _ in range(GROUP)] for _ in range(GROUPS)]
        begun = time.process_time()
        outcomes = [outcome for group in groups for outcome in self.engine.write(group)]
        spent = time.process_time() - begun
        errors = [outcome.error for outcome in outcomes if outcome.error is not None]
        assert errors == []
        assert not any(outcome.value.repeated for outcome in outcomes)
        return spent / len(outcomes)

    def _job(self, known: bool) -> Job[object]:
        n = self.random.randrange(self.size) if known else next(self.fresh)
        chat = next(self.chats)
        body = body_of(n, f"new-{chat}")
        at = START + FRESH + chat
        delivery = Delivery(origin=ORIGIN, received_at=at, body=body, reading=jivo.read(body))
        return lambda txn: ingest(txn, delivery, DESK)


@frozen(kw_only=True)
class Cost:
    """Medians over all repetitions: seconds of an event in each store, and how many times dearer the large one is."""

    small: float
    large: float
    ratio: float

    def __str__(self) -> str:
        return f"{self.small * 1e6:.0f} us -> {self.large * 1e6:.0f} us, x {self.ratio:.3f}"


def compare(small: Store, large: Store, repetitions: int) -> dict[str, Cost]:
    """The cost of events of known customers, of fresh ones, and of both together."""
    with collecting_as_the_daemon():
        for store in (small, large):
            store.cost(known=True), store.cost(known=False)
        rows = [_repetition(small, large, turn) for turn in range(repetitions)]
    known, fresh = [row[0] for row in rows], [row[1] for row in rows]
    both = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in rows]
    return {"known": _cost(known), "fresh": _cost(fresh), "both": _cost(both)}


@contextmanager
def collecting_as_the_daemon() -> Iterator[None]:
    """The collector of garbage looks as seldom as it does there."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def sound(engine: Engine) -> bool:
    """Whether `jivod check` would find nothing."""
    return engine.read(lambda txn: next(check(txn), None)) is None


def _repetition(small: Store, large: Store, turn: int) -> tuple[tuple[float, float], tuple[float, float]]:
    costs: dict[tuple[str, bool], float] = {}
    stores = (("small", small), ("large", large))
    for known in (True, False):
        for name, store in stores if turn % 2 else reversed(stores):
            costs[name, known] = store.cost(known=known)
    return (costs["small", True], costs["large", True]), (costs["small", False], costs["large", False])


def _cost(pairs: list[tuple[float, float]]) -> Cost:
    return Cost(
        small=statistics.median(small for small, _ in pairs),
        large=statistics.median(large for _, large in pairs),
        ratio=statistics.median(large / small for small, large in pairs),
    )


def _progress(done: int) -> None:
    if done % 100_000 == 0:
        print(f"  {done:,} customers after {time.monotonic() - _BEGUN:.0f} s", flush=True)


_BEGUN = time.monotonic()


def main() -> int:
    """Exit code 1 if an event costs `BOUND` times as much or more, or if the store is not sound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--repetitions", type=int, default=25)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--check", action="store_true", help="read the whole large store afterwards, as `jivod check`")
    asked = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="jivod-preload-", dir=asked.directory))
    engines: list[Engine] = []
    try:
        for name, size in (("small", asked.small), ("large", asked.customers)):
            engines.append(open_engine(directory / name, MAP_SIZE, reads_ahead=False))  # as the daemon
            fill(engines[-1], size, _progress)
        small, large = Store(engines[0], asked.small), Store(engines[1], asked.customers)
        print(f"{asked.small:,} customers: {engines[0].size().used >> 20} MiB; "
              f"{asked.customers:,} customers: {engines[1].size().used >> 20} MiB", flush=True)  # fmt: skip
        costs = compare(small, large, asked.repetitions)
        for kind, cost in costs.items():
            print(f"{kind:6} {cost}", flush=True)
        is_sound = not asked.check or sound(engines[1])
        print(("check: clean" if is_sound else "check: FINDINGS") if asked.check else "check: not asked for")
        return 0 if is_sound and costs["both"].ratio < BOUND else 1
    finally:
        for engine in engines:
            engine.close()
        shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main())
