"""Keeping: how a backup is made: of a copy of this moment, into a draft, which is restored once to nowhere before it
counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from attrs import asdict, define

from jivod.cli import unpack, vault
from jivod.cli.checking import findings
from jivod.cli.deed import now
from jivod.cli.screen import Progress
from jivod.cli.twin import ROOM, SPARE, demand_room, scratch_in
from jivod.config.settings import Settings
from jivod.flow import backup as flows
from jivod.model.errors import Damaged, Refused
from jivod.store import archive, shelf
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine, open_engine
from jivod.store.manifest import BACKUP, TAIL, Manifest
from jivod.store.shelf import Kept
from jivod.store.standing import standing

SHRINKS = 2  # a backup has this part of the store's bytes at most


@define(eq=False)
class Keeping:
    """Backups of the `live` store to a directory that nobody else writes to."""

    settings: Settings
    live: LmdbEngine
    directory: Path

    def whole(self) -> tuple[Kept, int]:
        """The store as it is now, and how many faults it has. Raises Refused where there is no room, before anything
        is written.
        """
        self._demand_room()
        faults = 0

        def judge(draft: Kept) -> None:
            nonlocal faults
            faults = self._try(draft, scratch)

        path = shelf.next_path(self.directory, BACKUP, now())
        with scratch_in(self.settings.state_dir, "backup") as scratch:
            kept = shelf.put(path, partial(self._write, scratch=scratch), judge)
        return kept, faults

    def tail(self) -> Kept | None:
        """What came since the newest file; None if nothing did. Raises Refused if that cannot be continued."""
        try:
            before = shelf.chain(self.directory)[-1].manifest
            self.live.read(partial(flows.demand_continued, before=before))
        except (Damaged, Refused) as error:
            remedy = f"make a new backup: jivod backup {self.directory}"
            raise Refused(f"no tail was written: {error}; {remedy}") from None
        if self.live.read(partial(flows.is_told, before=before)):
            return None
        path = shelf.next_path(self.directory, TAIL, now())
        return shelf.put(path, partial(self._write_tail, before=before), _read_again)

    def _demand_room(self) -> None:
        demand_room(self.live, ROOM)
        used, disk = self.live.size().used, os.statvfs(self.directory)
        free = disk.f_bavail * disk.f_frsize
        beside = self.directory.stat().st_dev == self.settings.state_dir.stat().st_dev
        needed = used // SHRINKS + (round(used * ROOM) if beside else 0) + SPARE
        if free < needed:
            raise Refused(
                f"a backup may take {needed >> 20} MiB while it is made, and {free >> 20} MiB are free in"
                f" {self.directory}; free some space, or name another directory"
            )

    def _write(self, file: BinaryIO, scratch: Path) -> Manifest:
        with self._copy(scratch / "copy") as copy, closing(Progress("Writing the backup")) as progress:
            total, done = copy.size().used, 0

            def step(count: int) -> None:
                nonlocal done
                done = min(done + count, total)
                copy.unmap()
                progress(done, total)

            writer = archive.Writer(file)
            flows.pack(copy, vault.read(self.settings.state_dir), writer, step)
            return writer.finish(copy.read(partial(_manifest, kind=BACKUP)))

    @contextmanager
    def _copy(self, path: Path) -> Iterator[LmdbEngine]:
        """The store as it is now, for as long as it is needed: what comes next needs the room."""
        self.live.freeze(path)
        with closing(open_engine(path, self.settings.map_size)) as copy:
            yield copy
        (path / "data.mdb").unlink()

    def _write_tail(self, file: BinaryIO, before: Manifest) -> Manifest:
        writer, secrets = archive.Writer(file), vault.read(self.settings.state_dir)

        def job(txn: Txn) -> Manifest:
            flows.pack_tail(txn, secrets, writer, before)
            return _manifest(txn, TAIL, since=before.last, follows=before.checksum)

        return writer.finish(self.live.read(job))

    def _try(self, draft: Kept, scratch: Path) -> int:
        """Restore it once, to nowhere; how many faults there are."""
        unpack.verify([draft])
        unpack.unpack([draft], scratch / "store", self.settings.map_size)
        with closing(open_engine(scratch / "store", self.settings.map_size)) as engine:
            return len(findings(engine, draft.manifest.rows))


def _read_again(draft: Kept) -> None:
    unpack.verify([draft])
    unpack.number_at([draft], unpack.NO_END)  # reads every entry


def _manifest(txn: Txn, kind: str, since: int = 0, follows: str = "") -> Manifest:
    return Manifest(
        kind=kind, version=version("jivod"), made_at=now(), since=since, follows=follows, **asdict(standing(txn))
    )
