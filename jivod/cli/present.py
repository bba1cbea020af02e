"""Present: what a restore finds in its place. It may be damaged, and a map that is cut short kills whoever reads it: so
another process looks.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import orjson
from attrs import asdict, frozen

from jivod.cli.report import counted_entries
from jivod.flow import absent
from jivod.flow import backup as flows
from jivod.model.errors import JivodError
from jivod.store import former, journal, meta
from jivod.store.kv import Txn
from jivod.store.lmdb import open_engine


@frozen
class Gone:
    """The person of `id` was erased in the store, `by` whom and for what `reason`, and is there in the restored one."""

    id: str
    by: str
    reason: str


@frozen
class Present:
    """How many entries the store has, how many of them the restored one has not, whether both are one store, and who
    would come back.
    """

    entries: int
    newer: int
    is_same: bool
    gone: tuple[Gone, ...] = ()


def look(present: Path, restored: Path, map_size: int) -> Present | None:
    """Compare two stores, neither of which this process has open. None if the present one cannot be read."""
    command = [sys.executable, "-m", "jivod.cli.present", str(present), str(restored), str(map_size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    told = orjson.loads(done.stdout) if done.returncode == 0 else None
    return None if told is None else Present(**{**told, "gone": tuple([Gone(**one) for one in told["gone"]])})


def doubts(there: Present | None, data: Path) -> list[str]:
    """What speaks against taking away the store in `data`."""
    if there is None:
        return [f"the store in {data} cannot be read, so nobody can tell what it has that the backup has not"]
    if not there.newer:
        return []
    if not there.is_same:
        return [f"the store in {data} is another one than that of the backup, with {counted_entries(there.entries)}"]
    return [f"the store in {data} has {counted_entries(there.newer)} that the backup has not"]


def _look(present: Path, restored: Path, map_size: int) -> Present | None:
    with ExitStack() as stack:
        new = stack.enter_context(closing(open_engine(restored, map_size)))
        try:
            old = stack.enter_context(closing(open_engine(present, map_size)))
            entries = old.read(journal.last)
            is_same = old.read(meta.id_key) == new.read(meta.id_key)
            gone = old.read(lambda ours: new.read(lambda theirs: tuple(_gone(ours, theirs)))) if is_same else ()
            return Present(entries, flows.newer(old, new) if is_same else entries, is_same, gone)
        except (JivodError, OSError):
            return None


def _gone(present: Txn, restored: Txn) -> Iterator[Gone]:
    for decision in absent.erasures(present):
        id = next((id for id in decision.customers if former.meant(restored, id) is not None), None)
        if id is not None:
            yield Gone(id=id, by=decision.by, reason=decision.reason)


if __name__ == "__main__":
    found = _look(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.buffer.write(orjson.dumps(None if found is None else asdict(found)))
