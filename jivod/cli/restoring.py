"""Restoring: a store is made of a backup beside the one that is there, checked, and exchanged with it in one step.

Until then nothing is changed; afterwards what was there lies in a directory of its own, laid out as a state directory.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

from attrs import define, evolve, frozen

from jivod.cli import present, swap, unpack, vault
from jivod.cli.checking import findings
from jivod.cli.deed import now
from jivod.cli.office import become_owner_of
from jivod.cli.twin import SPARE, carry_over, fold, scratch_in
from jivod.config import state
from jivod.config.settings import Settings
from jivod.flow import backup as flows
from jivod.flow import replay
from jivod.model.errors import Damaged, Refused
from jivod.store import journal, lock, meta, place, shelf, side
from jivod.store.check import Finding
from jivod.store.lmdb import LmdbEngine, make_scratch, open_engine
from jivod.store.shelf import Kept
from jivod.store.tables import DERIVED

GROWS = 1.5  # a store takes this much more than its rows at most
FOLDED = 5  # and this much more than the journal lines of which it is made


@frozen(kw_only=True)
class End:
    """Where the history ends: behind journal entry `number`, or before the first entry after `moment` (UNIX ms)."""

    number: int | None = None
    moment: int | None = None


@frozen(kw_only=True)
class Restored:
    """What came of it. `aside`: where that is which was there before, with `newer` entries that the backup has not.
    `gone`: who was erased there and is back by the backup.
    """

    files: tuple[Path, ...]
    entries: int
    last_at: int | None
    left_out: int
    aside: Path | None = None
    newer: int = 0
    secrets: tuple[str, ...] = ()
    gone: tuple[present.Gone, ...] = ()


@define(eq=False)
class Restoring:
    """Into the state directory of `settings`; by `force` also where that takes newer entries out of use. `noted`: what
    keeps it in the audit log.
    """

    settings: Settings
    force: bool
    noted: Callable[[], AbstractContextManager[None]]

    def restore(self, source: Path, end: End) -> Restored:
        """Restore a backup, a tail with all before it, or the newest of a directory, up to `end`. Raises Refused and
        Damaged; then nothing was changed.
        """
        directory = self.settings.state_dir
        files = shelf.chain(source) if source.is_dir() else shelf.chain_to(source)
        if wrong := state.prepare(directory):
            raise Refused(f"state directory {wrong[0]}; {wrong[1]}")
        with ExitStack() as stack:
            stack.callback(_hold(directory).release)
            stack.enter_context(self.noted())
            scratch = stack.enter_context(scratch_in(directory, "restore"))
            unpack.verify(files)
            last = _last(files, end)
            used = [files[0], *(kept for kept in files[1:] if kept.manifest.since < last)]
            self._demand_room(used, refold=last < files[0].manifest.last)
            secrets = unpack.unpack(used, scratch / "data", self.settings.map_size, last)
            vault.demand_sane(secrets)
            done = self._ready(scratch, sum(kept.manifest.rows for kept in used), Restored(
                files=tuple([kept.path for kept in used]), entries=last, last_at=None,
                left_out=files[-1].manifest.last - last, secrets=tuple(secrets),
            ))  # fmt: skip
            there = self._compare(scratch / "data", secrets)
            aside = self._put(scratch, secrets, there)
            return evolve(done, aside=aside, newer=there.newer, gone=there.gone) if there else evolve(done, aside=aside)

    def _demand_room(self, files: Sequence[Kept], *, refold: bool) -> None:
        base, *tails = [kept.manifest.raw for kept in files]
        needed = round(base * GROWS * (2 if refold else 1)) + sum(tails) * FOLDED + SPARE
        disk = os.statvfs(self.settings.state_dir)
        free = disk.f_bavail * disk.f_frsize
        if free < needed:
            raise Refused(
                f"this takes {needed >> 20} MiB, and {free >> 20} MiB are free in {self.settings.state_dir}; free some"
                " space"
            )

    def _ready(self, scratch: Path, rows: int, done: Restored) -> Restored:
        """See to it that the new store, of so many rows or fewer, is sound and on the disk as a whole."""
        last = done.entries
        with closing(self._open(scratch / "data")) as engine:
            if is_cut := engine.read(journal.last) > last:
                flows.cut(engine, last)
            found = [] if is_cut else findings(engine, rows)
        if is_cut or found:
            _demand_none([finding for finding in found if finding.table not in DERIVED])
            self._fold_anew(scratch)  # what can be derived is derived anew
        with closing(self._open(scratch / "data")) as engine:
            if is_cut or found:
                _demand_none(findings(engine, rows))
            entry = engine.read(lambda txn: journal.get(txn, last))
        for beside in scratch.iterdir():
            if beside.name != "data":  # as a migration leaves it
                shutil.rmtree(beside)
        place.seal(scratch / "data")
        return evolve(done, last_at=entry.received_at if entry else None)

    def _fold_anew(self, scratch: Path) -> None:
        data, folded = scratch / "data", scratch / "folded"
        with ExitStack() as stack:
            source = stack.enter_context(closing(self._open(data)))
            id_key = source.read(meta.id_key)
            twin = stack.enter_context(closing(make_scratch(folded, self.settings.map_size, id_key)))
            replay.prepare(source, twin)
            fold(source, twin)
            carry_over(source, twin, None)
        shutil.rmtree(data)
        folded.rename(data)

    def _open(self, path: Path) -> LmdbEngine:
        return open_engine(path, self.settings.map_size)

    def _compare(self, new: Path, secrets: flows.Secrets) -> present.Present | None:
        """What is there in the place of the `new` store, if anything. Raises Refused if it is not to be taken away."""
        data = self.settings.data_dir
        doubts = [
            f"{name} is another secret here than in the backup"
            for name in vault.differing(self.settings.state_dir, secrets)
        ]
        there = None
        if (data / place.DATA).exists():
            there = present.look(data, new, self.settings.map_size)
            doubts = [*present.doubts(there, data), *doubts]
        if doubts and not self.force:
            remedy = "with --force the backup takes its place all the same, and what is here now is kept beside it"
            raise Refused("; ".join([*doubts, remedy]))
        return there

    def _put(self, scratch: Path, secrets: flows.Secrets, there: present.Present | None) -> Path | None:
        """Exchange the stores; where that is which was there before."""
        data = self.settings.data_dir
        if there is not None and present.look(data, scratch / "data", self.settings.map_size) != there:
            raise Refused("somebody decided something meanwhile, and nothing was changed; do this again")
        aside = _free_name(self.settings.state_dir)
        side.remove(self.settings.state_dir / side.NAME)
        try:
            scratch.rename(aside)  # from here on a kill leaves both stores, one of them in its place
            if data.exists():
                swap.exchange(aside / "data", data)
            else:
                (aside / "data").rename(data)
            vault.put(self.settings.state_dir, secrets, aside)
            swap.flush(self.settings.state_dir)
        except OSError as error:
            raise Refused(f"this could not be finished ({error.strerror}); do it again, nothing is lost") from error
        if any(aside.iterdir()):
            return aside
        aside.rmdir()
        return None


def _hold(state_dir: Path) -> lock.Lock:
    become_owner_of(state_dir)
    try:
        return lock.hold(state_dir)
    except Refused as error:
        raise Refused(f"{error}; stop the daemon first: systemctl stop jivod") from None
    except OSError as error:
        raise Refused(f"{state_dir} cannot be written ({error.strerror}); run this as its owner") from None


def _last(files: Sequence[Kept], end: End) -> int:
    """The last journal entry that is wanted. Raises Refused if the files do not have it."""
    first, last = files[0].path.name, files[-1].manifest.last
    if end.number is not None:
        if not 0 < end.number <= last:
            raise Refused(f"there is no entry {end.number}: this backup has entries 1 to {last}; a date has dashes")
        return end.number
    if end.moment is None:
        return last
    found = unpack.number_at(files, end.moment)
    if found == 0 and last:
        raise Refused(f"{first} has no entry up to that time: its first one came later")
    return found


def _demand_none(found: Sequence[Finding]) -> None:
    if found:
        raise Damaged(f"the store in this backup is damaged (table {found[0].table}): take another backup")


def _free_name(state_dir: Path) -> Path:
    stamp = datetime.fromtimestamp(now() // 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (f"before-restore-{stamp}{more}" for more in ("", *(f"-{number}" for number in range(2, 1000))))
    return next(state_dir / name for name in names if not (state_dir / name).exists())
