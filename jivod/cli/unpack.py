"""Unpack: what a backup and its tails hold becomes a store again, in a scratch directory, and is compared with what
they say of themselves. So a backup is tried, and so it is restored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from jivod.cli.screen import Progress
from jivod.cli.twin import stepping
from jivod.flow import backup as flows
from jivod.model.errors import Damaged, Refused
from jivod.store import archive, meta, shelf
from jivod.store.lmdb import LmdbEngine, ScratchEngine, make_scratch
from jivod.store.manifest import TAIL
from jivod.store.shelf import Kept
from jivod.store.standing import agrees, standing

NO_END = 1 << 62  # more entries than there will be


def verify(files: Sequence[Kept]) -> None:
    """Raise Damaged unless every byte of the files is as it was written, Refused where another jivod must read them."""
    for kept in files:
        _demand_schema(kept)
        with _opened(kept) as file, closing(Progress(f"Reading {kept.path.name}")) as progress:
            archive.verify(file, kept.manifest, kept.path.name, progress)


def number_at(files: Sequence[Kept], moment: int) -> int:
    """The last journal entry in `files` before the first one that came after `moment` (UNIX ms)."""
    for kept in files:
        with _opened(kept) as file:
            found = flows.end_of(archive.pages(file, kept.manifest, kept.path.name), moment)
        if found is not None:
            return found
    return files[-1].manifest.last


def unpack(files: Sequence[Kept], path: Path, map_size: int, until: int = NO_END) -> dict[str, bytes]:
    """Make the store that a backup and the tails behind it tell of, in the new directory `path`; returns the secrets.

    Tails end at journal entry `until`. Nothing of it is flushed. Raises Damaged.
    """
    secrets: dict[str, bytes] = {}
    with closing(make_scratch(path, map_size, bytes(meta.ID_KEY_SIZE))) as engine:  # the id key is in the backup
        for kept in files:
            secrets = _add(engine, kept, until)
    return secrets


def _add(engine: ScratchEngine, kept: Kept, until: int) -> dict[str, bytes]:
    manifest, name = kept.manifest, kept.path.name
    label = f"Unpacking {name}"
    with _opened(kept) as file, _counting(label, manifest.rows, engine) as step:
        pages = archive.pages(file, manifest, name)
        if manifest.kind == TAIL:
            secrets = flows.unpack_tail(engine, pages, until, step)
        else:
            secrets = flows.unpack(engine, pages, step)
    if until >= manifest.last and not agrees(engine.read(standing), manifest):
        raise Damaged(f"{name} holds another store than it says: it cannot be used; take another backup")
    return secrets


@contextmanager
def _opened(kept: Kept) -> Iterator[BinaryIO]:
    with shelf.opened(kept.path) as file:
        yield file


@contextmanager
def _counting(label: str, total: int, engine: LmdbEngine) -> Iterator[Callable[[int], None]]:
    with stepping(label, engine) as step:
        yield lambda done: step(done, total)


def _demand_schema(kept: Kept) -> None:
    schema = kept.manifest.schema
    if schema > meta.SCHEMA:
        raise Refused(f"{kept.path.name} was written by a newer jivod: use that one, or a newer, to restore it")
    if schema < meta.SCHEMA and kept.manifest.kind == TAIL:
        raise Refused(f"{kept.path.name} was written by an older jivod: restore it with that one, then upgrade")
