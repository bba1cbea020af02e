"""Soak: a daemon that works for a long time at an even pace: what it holds must not grow but for what it was told.

    python -m tests.faults.soak [--minutes 10] [--rate 50] [--directory /tmp]

prints a line each minute, at the end what grew, and removes what it made. Exit code 1 if something grew that may not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread

import lmdb
import orjson
from attrs import frozen

from tests.faults.arrivals import Arrivals
from tests.faults.daemon import StruckDaemon
from tests.hold.process import memory
from tests.smoke.daemon import running

REGULARS = 500
LOOKS = 60  # at least, over the whole time
MEMORY_SLOPE = 1 << 20  # bytes an hour that its own memory may grow, in the second half
MEMORY_NOISE = 3 << 20  # bytes: no slope is seen below this
SPREAD = 8  # descriptors: connections that are open at the moment of a look
FILE_RATIO = 1.25  # an event of the second half against one of the first, in bytes of the file


@frozen(kw_only=True)
class Look:
    """At one moment. `own`: bytes of memory that are no file's; `readers`: slots taken in the lock file."""

    at: float
    own: int
    descriptors: int
    readers: int
    used: int
    acked: int

    def __str__(self) -> str:
        return (f"{self.at:6.0f} s {self.own >> 10:7} KiB own, {self.descriptors} descriptors, {self.readers} readers, "
                f"{self.used >> 10:7} KiB used, {self.acked} events")  # fmt: skip


@frozen(kw_only=True)
class Soaked:
    """All looks, and what was wrong besides."""

    looks: Sequence[Look]
    wrong: tuple[str, ...]

    @property
    def late(self) -> Sequence[Look]:
        return self.looks[len(self.looks) // 2 :]

    def slope(self) -> float:
        """Bytes of its own memory an hour, in the second half: the line that fits best."""
        times, sizes = [look.at for look in self.late], [look.own for look in self.late]
        middle, mean = sum(times) / len(times), sum(sizes) / len(sizes)
        over = sum((at - middle) * (size - mean) for at, size in zip(times, sizes, strict=True))
        return 3600 * over / sum((at - middle) ** 2 for at in times)

    def faults(self) -> list[str]:
        """What grew and may not have, and all else; empty if all is well."""
        first, half, last = self.looks[0], self.late[0], self.looks[-1]
        grown = self.slope() * (last.at - half.at) / 3600
        early, late = _per_event(first, half), _per_event(half, last)
        cases = {
            f"memory grows by {self.slope() / 2**20:.1f} MiB an hour": self.slope() > MEMORY_SLOPE
            and grown > MEMORY_NOISE,
            "descriptors grow": min(look.descriptors for look in self.late[-5:]) > half.descriptors + SPREAD,
            "readers grow": last.readers > half.readers + 2,
            f"an event took {early:.0f} bytes, then {late:.0f}": late > early * FILE_RATIO,
        }
        return [*self.wrong, *(told for told, wrong in cases.items() if wrong)]

    def __str__(self) -> str:
        first, half, last = self.looks[0], self.late[0], self.looks[-1]
        slope = f"{self.slope() / 2**20:+.2f} MiB/h in the second half"
        return (f"{last.at / 60:.1f} min, {last.acked} events: memory {slope}, "
                f"descriptors {first.descriptors} -> {last.descriptors}, readers {first.readers} -> {last.readers}, "
                f"{_per_event(first, half):.0f} -> {_per_event(half, last):.0f} bytes of file an event")  # fmt: skip


def soak(daemon: StruckDaemon, minutes: float, rate: float, tell: Callable[[Look], object]) -> Soaked:
    """Let events arrive at `daemon`, which is at work, and look again and again."""
    arrivals = Arrivals("s", daemon.port, rate, of_a_regular)
    posting = Thread(target=arrivals.run, args=(int(rate * minutes * 60),), daemon=True)
    begun, looks, every = time.monotonic(), list[Look](), min(5.0, minutes * 60 / LOOKS)
    posting.start()
    while posting.is_alive():
        posting.join(every)
        looks.append(_look(daemon, time.monotonic() - begun, len(arrivals.books.acked)))
        tell(looks[-1])
    balance = arrivals.books.close(daemon.look().there)
    wrong = [*arrivals.failed, *arrivals.books.wrong, *daemon.tracebacks(), *([] if balance.even else [str(balance)])]
    return Soaked(looks=looks, wrong=tuple(wrong))


def of_a_regular(chat: str) -> bytes:
    """People come back. jivod remembers how the contacts of 32,768 of them are read: were all new, that alone would
    grow for hours.
    """
    visitor = {"name": "Visitor", "email": f"visitor-{int(chat.rpartition('-')[2]) % REGULARS}@example.com"}
    return orjson.dumps({"event_name": "chat_accepted", "chat_id": chat, "visitor": visitor})


def _look(daemon: StruckDaemon, at: float, acked: int) -> Look:
    env = lmdb.open(str(daemon.data), create=False, readonly=True, max_dbs=1)
    try:
        used, readers = (env.info()["last_pgno"] + 1) * env.stat()["psize"], env.readers().count("\n") - 1
    finally:
        env.close()
    descriptors = len(os.listdir(f"/proc/{daemon.pid}/fd"))
    own = memory(daemon.pid, "RssAnon")
    return Look(at=at, own=own, descriptors=descriptors, readers=readers, used=used, acked=acked)


def _per_event(before: Look, after: Look) -> float:
    return (after.used - before.used) / max(after.acked - before.acked, 1)


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()))
    asked = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="jivod-soak-", dir=asked.directory))
    told = 0.0

    def tell(look: Look) -> None:
        nonlocal told
        if look.at >= told:
            told += 60
            print(look, flush=True)

    try:
        with running(StruckDaemon(directory, map_size=1 << 34)) as daemon:
            assert isinstance(daemon, StruckDaemon)
            daemon.start()
            found = soak(daemon, asked.minutes, asked.rate, tell)
            print(found, *found.faults(), sep="\n")
            return 1 if found.faults() else 0
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main())
