"""Output: where an export goes to: standard output, or a file that is there as a whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jivod.cli.screen import wrong_use
from jivod.cli.swap import flush
from jivod.model.errors import Refused

Write = Callable[[bytes], object]


@contextmanager
def output(path: Path | None) -> Iterator[Write]:
    """What to call with each piece. Nobody but this user may read the file. Raises UsageError where none can be made,
    Refused where it cannot become whole.
    """
    if path is None:
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    beside, descriptor = _create(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file.write
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
        flush(path.parent)
    except BaseException as error:
        with suppress(OSError):
            beside.unlink()
        if isinstance(error, OSError):
            raise Refused(
                f"{path} cannot be written ({error.strerror}); free some space, or name another place"
            ) from None
        raise


def _create(path: Path) -> tuple[Path, int]:
    """A new file beside the one that is to be."""
    try:
        if path.exists() and not path.is_file():
            raise wrong_use(f"{path} is no plain file; name another, or let the output go through a pipe")
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        return beside, os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise wrong_use(
            f"{path} cannot be written ({error.strerror}); name another place, or let the output go through a pipe"
        ) from None
