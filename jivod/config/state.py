"""State: the directory that holds everything jivod keeps. It must be ours alone and on a disk of this machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path

DATA = "data"  # the store, within the directory
REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.sshfs"})


def prepare(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> tuple[str, str] | None:
    """Make the directory 0700, or close it to others. Returns what is wrong and what to do, if anything."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
    except OSError as error:
        return f"{path} cannot be made ({error.strerror})", "create it for the user of jivod, or choose another"
    if found.st_mode & stat.S_IWOTH:
        return f"{path} is writable by every user of this machine", f"run: chmod 700 {path}"
    if found.st_mode & 0o077:
        if any(path.iterdir()) and not (path / DATA).is_dir():
            return f"{path} holds files of others and can be read by others", "choose a directory of jivod's own"
        if os.geteuid() in (0, found.st_uid):
            path.chmod(0o700)
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return f"{path} cannot be written", "run this as its owner, or choose another"
    if (kind := filesystem(path, mounts)) in REMOTE:
        return f"{path} is on a network file system ({kind}), where a store may be damaged", "choose a local disk"
    return None


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
