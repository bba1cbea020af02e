"""Swap: two directories change their names in one step, so that there is a whole store at every moment."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

from jivod.model.errors import Refused

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNSUPPORTED = (errno.EINVAL, errno.ENOSYS, errno.EXDEV, errno.EOPNOTSUPP)


def exchange(new: Path, old: Path, *, at_once: bool = False) -> None:
    """After this, `old` is what `new` was and the other way round. On file systems that cannot, by three renames; where
    it must be `at_once`, not at all: Refused.
    """
    if not _exchange_at_once(new, old):
        if at_once:
            raise Refused("this file system cannot exchange directories at once; stop the daemon, and do this again")
        aside = old.with_name(f"{old.name}.aside")
        old.rename(aside)
        new.rename(old)
        aside.rename(new)
    flush(old.parent)


def flush(directory: Path) -> None:
    """Bring the names in a directory to the disk."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchange_at_once(new: Path, old: Path) -> bool:
    """By renameat2(2), which Python does not offer. False where the kernel or the file system does not."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code))
