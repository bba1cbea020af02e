"""State: the directory that holds everything jivod keeps. It must be ours alone and on a disk of this machine."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

DATA = "data"  # the store, within the directory
REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.sshfs"})


_NOBODY = -1  # that anybody knows

Wrong = tuple[str, str]
"""What is wrong, and what to do."""

MOUNTS = Path("/proc/self/mountinfo")


def prepare(path: Path, mounts: Path = MOUNTS) -> Wrong | None:
    """Make the directory 0700, or close it to others. Returns what is wrong, if anything."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        return _cannot_be_made(path, error.strerror)
    wrong = examine(path, mounts)
    if wrong is None and _is_to_be_closed(path):
        path.chmod(0o700)
    return wrong


def examine(path: Path, mounts: Path = MOUNTS) -> Wrong | None:
    """What is wrong with the directory, or with the place where it would be made. Changes nothing."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return _examine_place(path) or _examine_disk(path, mounts)
    except OSError as error:
        return _cannot_be_made(path, error.strerror)
    if not stat.S_ISDIR(found.st_mode):
        return _cannot_be_made(path, os.strerror(errno.EEXIST))
    if found.st_mode & stat.S_IWOTH:
        return f"{path} is writable by every user of this machine", f"run: chmod 700 {path}"
    if not _is_to_be_closed(path) and not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return f"{path} cannot be written", "run this as its owner, or choose another"
    if found.st_mode & 0o077 and any(path.iterdir()) and not (path / DATA).is_dir():
        return f"{path} holds files of others and can be read by others", "choose a directory of jivod's own"
    return _examine_disk(path, mounts)


def _is_to_be_closed(path: Path) -> bool:
    found = path.stat()
    return bool(found.st_mode & 0o077) and os.geteuid() in (0, found.st_uid)


def _examine_place(path: Path) -> Wrong | None:
    above = next(parent for parent in path.parents if parent.exists())
    if not above.is_dir():
        return _cannot_be_made(path, os.strerror(errno.ENOTDIR))
    if not os.access(above, os.W_OK | os.X_OK):
        return _cannot_be_made(path, os.strerror(errno.EACCES))
    return None


def _examine_disk(path: Path, mounts: Path) -> Wrong | None:
    if (kind := filesystem(path, mounts)) in REMOTE:
        return f"{path} is on a network file system ({kind}), where a store may be damaged", "choose a local disk"
    return None


def _cannot_be_made(path: Path, why: str | None) -> Wrong:
    return f"{path} cannot be made ({why})", "create it for the user of jivod, or choose another"


def plan(path: Path) -> str | None:
    """What `prepare` would do to a directory in which `examine` finds nothing wrong, as the end of a sentence."""
    if not path.exists():
        return f"makes {path}"
    return f"closes {path} to all other users" if _is_to_be_closed(path) else None


def owner(path: Path, file: Path) -> tuple[int, int]:
    """User and group of the daemon: those of its directory. Where that is still to be made: this user; or, as root lays
    files for another one, the group to which he has opened the directory of `file`.
    """
    if path.exists():
        found = path.stat()
        return found.st_uid, found.st_gid
    lent = file.parent.stat().st_gid
    return (_NOBODY, lent) if os.geteuid() == 0 and lent != 0 else (os.geteuid(), os.getegid())


def filesystem(path: Path, mounts: Path) -> str:
    """The type of the file system that `path` is on, as the kernel names it; empty where that cannot be told."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    best, kind = -1, ""
    for line in lines:
        left, _, right = line.partition(" - ")
        point = left.split()[4].replace("\\040", " ")
        if path.resolve().is_relative_to(point) and len(point) >= best:
            best, kind = len(point), right.split()[0]
    return kind
