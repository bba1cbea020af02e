"""What was acknowledged is there after the process was killed in the middle of its work.

A kill cannot show a missing flush (the kernel still has the pages); that every commit flushes is asked in test_lmdb.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jivod.store import check, journal
from jivod.store.lmdb import open_engine
from tests.store.engines import MAP

WRITER = """
import sys
from pathlib import Path
from jivod.store.lmdb import open_engine
from tests.store.world import claim, record
engine = open_engine(Path(sys.argv[1]), int(sys.argv[2]))
def job(n):
    claims = (claim("email", f"{n % 7}@example.com"), claim("name", f"Anna {n % 5}"))
    return lambda txn: record(txn, customer=f"c{n % 9}", ref=f"chat:{n % 20}", claims=claims, at=n, body=b"%d" % n)
n = 0
while True:
    outcomes = engine.write([job(n + i) for i in range(10)])
    n += 10
    print(outcomes[-1].value, flush=True)
"""


@pytest.mark.parametrize("acknowledged", [0, 1, 7, 40])
def test_every_acknowledged_event_survives_a_kill(home: Path, acknowledged: int) -> None:
    last = 0
    with subprocess.Popen([sys.executable, "-c", WRITER, str(home), str(MAP)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for _ in range(acknowledged):
            last = int(child.stdout.readline())
        child.kill()
        last = max([last, *(int(line) for line in child.stdout.read().splitlines())])
    engine = open_engine(home, MAP)
    entries = engine.read(lambda txn: journal.after(txn, 0, 1_000_000))
    assert len(entries) >= last >= 10 * acknowledged
    assert [entry.body for entry in entries] == [b"%d" % n for n in range(len(entries))]
    assert engine.read(lambda txn: list(check.check(txn))) == []
    engine.close()


def test_groups_survive_a_kill_whole_or_not_at_all(home: Path) -> None:
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(home), str(MAP)], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            child.kill()
    engine = open_engine(home, MAP)
    assert engine.read(journal.last) % 10 == 0
    assert engine.read(journal.last) >= 30
    engine.close()
