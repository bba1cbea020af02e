"""Twin: a second store, folded from the journal of the first, to be compared with it or to take its place."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from jivod.cli.office import Office
from jivod.cli.screen import Progress
from jivod.flow import replay
from jivod.model.audit import OPENED
from jivod.model.errors import Refused
from jivod.store import meta
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine, ScratchEngine, make_scratch, open_engine
from jivod.store.tables import JOURNAL, KEPT, PASSING, POLICIES, QUARANTINE

ROOM = 1.25  # a fold of the same journal takes this much at most, as a share of the store
SPARE = 64 << 20  # bytes that are left to others
PAGE = 16  # rows at once; a body in quarantine may have a mebibyte
_RARELY = (50_000, 20, 50)  # an entry leaves no circles behind for the collector to find

Rows = list[tuple[bytes, bytes]]


@contextmanager
def moment_of(
    office: Office, name: str, share: float = 1 + ROOM, action: str = OPENED
) -> Iterator[tuple[LmdbEngine, Path]]:
    """A copy of the store as it is at this moment, so that the daemon may go on writing, and a directory for a twin
    beside it. Both are gone afterwards. Raises Refused unless `share` times the store fits on the disk.
    """
    with ExitStack() as stack:
        live = stack.enter_context(office.store(action))
        demand_room(live, share)
        scratch = stack.enter_context(scratch_in(office.settings.state_dir, name))
        live.freeze(scratch / "copy")
        copy = stack.enter_context(closing(open_engine(scratch / "copy", office.settings.map_size)))
        yield copy, scratch / "twin"


def demand_room(store: LmdbEngine, share: float) -> None:
    """Raise Refused unless `share` times the store still fits on its disk."""
    size = store.size()
    needed = round(size.used * share) + SPARE
    if size.free_disk < needed:
        raise Refused(
            f"this takes {needed >> 20} MiB beside the store, and {size.free_disk >> 20} MiB are free; free some space"
        )


@contextmanager
def twin_of(source: LmdbEngine, path: Path, office: Office, policy: str | None = None) -> Iterator[ScratchEngine]:
    """An empty store in the new directory `path` that gives out the same ids and knows by which policies to fold:
    those of the time, or the one in the text `policy` alone.
    """
    with closing(make_scratch(path, office.settings.map_size, source.read(meta.id_key))) as twin:
        replay.prepare(source, twin, policy)
        yield twin


def fold(source: LmdbEngine, twin: ScratchEngine, change: replay.Change = replay.unchanged) -> int:
    """Fold the whole journal, behind a progress bar; how many entries there are."""
    with stepping("Folding the journal", source, twin) as step, few_collections():
        return replay.rebuild(source, twin, step, change)


@contextmanager
def stepping(label: str, *engines: LmdbEngine) -> Iterator[Callable[[int, int], None]]:
    """What to call between transactions with (done, of): it moves a progress bar, and keeps memory flat."""
    with closing(Progress(label)) as progress:

        def step(done: int, total: int) -> None:
            for engine in engines:
                engine.unmap()
            progress(done, total)

        yield step


def copy_table(source: LmdbEngine, twin: ScratchEngine, table: str, but: Container[bytes] = ()) -> None:
    """Put every row of a table into the twin, `but` those of these keys: what is taken out later leaves traces."""
    lo: bytes | None = b""
    while lo is not None:
        rows = source.read(partial(_page, table=table, lo=lo))
        kept = [row for row in rows if row[0] not in but]
        for outcome in twin.write([partial(_put, table=table, rows=kept)]):
            if outcome.error is not None:
                raise outcome.error
        lo = rows[-1][0] + b"\0" if rows else None


def carry_over(
    source: LmdbEngine,
    twin: ScratchEngine,
    policy: str | None = None,
    *,
    but: Container[str] = (),
    quarantined_but: Container[bytes] = (),
) -> None:
    """Copy what the journal does not tell: all tables that are kept, or pass, `but` these, and of the quarantine all
    rows but those of these keys. What is taken out of a store later would leave traces in it.
    """
    for table in KEPT + PASSING:
        if table not in (JOURNAL, POLICIES) and table not in but:
            copy_table(source, twin, table, quarantined_but if table == QUARANTINE else ())
    replay.prepare(source, twin, policy)  # META knows which entries that policy finds


def _page(txn: Txn, table: str, lo: bytes) -> Rows:
    return list(txn.range(table, lo, limit=PAGE))


def _put(txn: Txn, table: str, rows: Rows) -> None:
    for key, value in rows:
        txn.put(table, key, value)


@contextmanager
def few_collections() -> Iterator[None]:
    """Let the collector of garbage rest."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def scratch_in(state_dir: Path, name: str) -> Iterator[Path]:
    """A directory of this process for work on the store; afterwards it is gone, unless it was given another name."""
    _sweep(state_dir, name)
    path = state_dir / f".{name}-{os.getpid()}"
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _sweep(state_dir: Path, name: str) -> None:
    """Take away what a process left here that was killed."""
    for path in state_dir.glob(f".{name}-*"):
        with suppress(ValueError, PermissionError):
            try:
                os.kill(int(path.name.rpartition("-")[2]), 0)
            except ProcessLookupError:
                shutil.rmtree(path, ignore_errors=True)
