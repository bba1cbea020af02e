"""Source: a file that somebody names, opened only if it is a plain file. All else is a wrong use of the command."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from jivod.cli.screen import wrong_use

_WORDS = {
    errno.ENOENT: "there is no such file",
    errno.ELOOP: "it is a symbolic link; name the file itself",
    errno.EACCES: "this user may not read it",
    errno.EPERM: "this user may not read it",
    errno.ENXIO: "it is no plain file",
}


STANDARD_INPUT = Path("-")


def open_source(path: Path) -> BinaryIO:
    """The file, to be read from its beginning; of `-` what the standard input was opened with. Raises UsageError for a
    link, a pipe, a device, a directory.
    """
    try:
        if path == STANDARD_INPUT:
            descriptor = os.dup(0)
        else:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise _wrong(path, _WORDS.get(getattr(error, "errno", 0), "it cannot be opened")) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _wrong(path, "it is no plain file; save what is in it as one")
    return os.fdopen(descriptor, "rb")


def _wrong(path: Path, why: str) -> Exception:
    return wrong_use(f"{path} cannot be used: {why}")
