"""Printed: the standard output. That it cannot be written to, as on a full disk, is told like any other fault; where
nobody reads any more, all ends in silence, as click has it.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import IO, Any

import click

_STANDARD_OUTPUT = 1


class Unprinted(click.ClickException):
    """What was to be printed could not be."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Tell it, in the words of this command."""
        click.echo(f"jivod: {self.message}", err=True, file=file)


class Printed(io.FileIO):
    """What is behind the buffers. Whatever is left in them when it fails is let go, so that it fails once."""

    _is_lost = False

    def write(self, data: Any, /) -> int:
        """Raises Unprinted."""
        if self._is_lost:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError as error:
            self._is_lost = True
            if error.errno == errno.EPIPE:
                raise
            why = os.strerror(error.errno or 0).lower()
            raise Unprinted(f"standard output: {why}; let it go to another place") from None


def guard() -> None:
    """Let the standard output of this process, if that is what is printed to, fail in words."""
    before = sys.stdout
    if not isinstance(before, io.TextIOWrapper) or not _is_of_this_process(before):
        return
    before.flush()
    buffer = io.BufferedWriter(Printed(_STANDARD_OUTPUT, "wb", closefd=False))
    sys.stdout = io.TextIOWrapper(
        buffer, encoding=before.encoding, errors=before.errors, line_buffering=before.line_buffering
    )


def _is_of_this_process(stream: IO[Any]) -> bool:
    try:
        return stream.fileno() == _STANDARD_OUTPUT
    except OSError:  # it is a text in memory
        return False
