"""Shelf: the directory in which backups lie, and what lies there: by name in the order of their time."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from jivod.model.errors import Damaged, Refused
from jivod.store import archive
from jivod.store.manifest import BACKUP, TAIL, Manifest

_NAME = re.compile(r"jivod-(\d{8}T\d{6}Z)\.(backup|tail)\.zst", re.ASCII)
_TIME = "%Y%m%dT%H%M%SZ"
_DRAFT = ".jivod-draft"


@frozen
class Kept:
    """A file whose beginning can be read."""

    path: Path
    manifest: Manifest


@contextmanager
def turn(directory: Path) -> Iterator[None]:
    """Be the only one who writes there; the directory is made if need be, and drafts of the killed are gone.

    Raises Refused while another has it, or if it cannot be written.
    """
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise _unusable(directory, error) from None
    try:
        _take(directory, descriptor)
        yield
    finally:
        os.close(descriptor)


def files(directory: Path) -> list[Path]:
    """All files that are called as backups are, by time."""
    try:
        return sorted(path for path in directory.iterdir() if _NAME.fullmatch(path.name) and path.is_file())
    except OSError as error:
        raise _unusable(directory, error) from None


def look(path: Path) -> Kept:
    """A file, by its beginning. Raises Damaged, or Refused where it cannot be read or a newer jivod wrote it."""
    with opened(path) as file:
        return Kept(path, archive.read_manifest(file, path.name))


def readable(directory: Path) -> list[Kept]:
    """Those files whose beginning can be read, by time."""
    found = []
    for path in files(directory):
        with suppress(Damaged, Refused):
            found.append(look(path))
    return found


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file to read. Raises Refused if it cannot be."""
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}): let the user of jivod read it") from None


def next_path(directory: Path, kind: str, at: int) -> Path:
    """Where a file made at `at` (UNIX ms) belongs: behind all that lie there, also where the clock was set back."""
    moment = datetime.fromtimestamp(at // 1000, UTC)
    if there := files(directory):
        match = _NAME.fullmatch(there[-1].name)
        assert match is not None
        moment = max(moment, datetime.strptime(match[1], _TIME).replace(tzinfo=UTC) + timedelta(seconds=1))
    return directory / f"jivod-{moment.strftime(_TIME)}.{kind}.zst"


def put(path: Path, write: Callable[[BinaryIO], Manifest], judge: Callable[[Kept], None]) -> Kept:
    """Let `write` fill a draft, bring it to the disk, let `judge` look at it, and only then give it its name.

    Whatever either raises, nothing is left of it. Raises Refused for a full disk.
    """
    draft = path.with_name(_DRAFT)
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w+b") as file:
            manifest = write(file)
            file.flush()
            os.fsync(file.fileno())
        judge(Kept(draft, manifest))
        draft.rename(path)
        flush(path.parent)
    except OSError as error:
        raise Refused(f"{path.name} could not be written ({error.strerror}): nothing of it was kept") from error
    finally:
        draft.unlink(missing_ok=True)
    return Kept(path, manifest)


def flush(directory: Path) -> None:
    """Bring the names in a directory to the disk."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def thin(directory: Path, store: str, count: int) -> list[Path]:
    """Remove all but the newest `count` backups of a store, and the tails of those that go; what was removed."""
    mine = [kept for kept in readable(directory) if kept.manifest.store == store]
    backups = [kept.path for kept in mine if kept.manifest.kind == BACKUP]
    if len(backups) <= count:
        return []
    gone = [kept.path for kept in mine if kept.path.name < backups[-count].name]
    for path in gone:
        path.unlink()
    flush(directory)
    return gone


def chain(directory: Path) -> list[Kept]:
    """The newest backup in a directory and the tails that continue it.

    Raises Refused if there is none, if backups of several stores lie there, or if a tail is missing; Damaged if one of
    those files is.
    """
    there = readable(directory)
    backups = [kept for kept in there if kept.manifest.kind == BACKUP]
    if len({kept.manifest.store for kept in backups}) > 1:
        raise Refused(f"{directory} has backups of several stores: name the file")
    names = [path for path in files(directory) if path.name.endswith(f".{BACKUP}.zst")]
    if not names:
        raise Refused(f"there is no backup in {directory}")
    found = [look(names[-1])]
    _continue(found, [path for path in files(directory) if path.name > names[-1].name])
    return found


def chain_to(path: Path) -> list[Kept]:
    """A backup alone; or a tail, the backup that it belongs to, and the tails between. Raises as `chain` does."""
    last = look(path)
    if last.manifest.kind == BACKUP:
        return [last]
    before = [each for each in files(path.parent) if each.name < path.name]
    names = [each for each in before if each.name.endswith(f".{BACKUP}.zst")]
    if not names:
        raise Refused(f"the backup that {path.name} belongs to is not in {path.parent}: put it there")
    found = [look(names[-1])]
    _continue(found, [*(each for each in before if each.name > names[-1].name), path])
    return found


def _take(directory: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (directory / _DRAFT).unlink(missing_ok=True)
    except BlockingIOError:
        raise Refused(f"another backup is being written to {directory}; wait for it") from None
    except OSError as error:
        raise _unusable(directory, error) from None


def _continue(found: list[Kept], tails: list[Path]) -> None:
    for path in tails:
        tail, before = look(path), found[-1]
        if tail.manifest.kind != TAIL or tail.manifest.store != before.manifest.store:
            raise Refused(f"{path.name} is no tail of the store that {found[0].path.name} is of: move it away")
        if tail.manifest.follows != before.manifest.checksum or tail.manifest.since != before.manifest.last:
            raise Refused(
                f"{path.name} does not continue {before.path.name}: a tail between them is missing; put it back, or"
                f" restore what there is up to there: jivod restore {before.path}"
            )
        found.append(tail)


def _unusable(directory: Path, error: OSError) -> Refused:
    return Refused(f"{directory} cannot be used ({error.strerror}): name a directory that the user of jivod can write")
