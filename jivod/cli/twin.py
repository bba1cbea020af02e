"""Twin: a second store, folded from the journal of the first, to be compared with it or to take its place."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from jivod.cli.office import Office
from jivod.cli.screen import Progress
from jivod.flow import replay
from jivod.model.audit import OPENED
from jivod.model.errors import Refused
from jivod.store import journal, meta
from jivod.store.lmdb import LmdbEngine, ScratchEngine, make_scratch, open_engine
from jivod.store.mirror import Judge, mirror, nothing
from jivod.store.tables import JOURNAL, KEPT, PASSING, POLICIES

ROOM = 1.25  # a fold of the same journal takes this much at most, as a share of the store
SPARE = 64 << 20  # bytes that are left to others
_RARELY = (50_000, 20, 50)  # an entry leaves no circles behind for the collector to find

NOTHING: Mapping[str, Judge] = {}


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
    return fold_on(replay.Folding(source=source, target=twin, change=change), source, twin, source.read(journal.last))


def fold_on(folding: replay.Folding, source: LmdbEngine, twin: ScratchEngine, last: int) -> int:
    """Fold the journal up to entry `last`, behind a progress bar; how many are folded then."""
    with stepping("Folding the journal", source, twin) as step, few_collections():
        folding.go_on(last, step)
    return folding.done


@contextmanager
def stepping(label: str, *engines: LmdbEngine) -> Iterator[Callable[[int, int], None]]:
    """What to call between transactions with (done, of): it moves a progress bar, and keeps memory flat."""
    with closing(Progress(label)) as progress:

        def step(done: int, total: int) -> None:
            for engine in engines:
                engine.unmap()
            progress(done, total)

        yield step


def carry_over(
    source: LmdbEngine, twin: ScratchEngine, policy: str | None = None, *, without: Mapping[str, Judge] = NOTHING
) -> None:
    """Copy what the journal does not tell: all tables that are kept, or pass, `without` the rows that somebody judges
    so. Done once more, it copies what has changed since.
    """
    for table in KEPT + PASSING:
        if table not in (JOURNAL, POLICIES):
            mirror(source, twin, table, without.get(table, nothing))
    replay.prepare(source, twin, policy)  # META knows which entries that policy finds


@contextmanager
def few_collections() -> Iterator[None]:
    """Let the collector of garbage rest."""
    before = gc.get_threshold()
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
