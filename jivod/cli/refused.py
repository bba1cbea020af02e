"""Refused: the rows that were not taken in, to be mended and imported again: a file, made with the first such row, or
a text.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO

from attrs import define, field

from jivod.cli.screen import wrong_use
from jivod.wire.item import Item
from jivod.wire.upload import Upload

TEXT_MAX = 1 << 20  # characters


class Refusals(Protocol):
    """Where rows go that are refused."""

    def add(self, item: Item, why: str) -> None:
        """One more row."""

    def shape(self) -> dict[str, Any]:
        """Where they are, for JSON."""

    def close(self) -> None:
        """No more rows."""


@define(eq=False)
class RefusedText:
    """Holds them as the text that would be in the file, as far as they have room: the others are counted."""

    upload: Upload
    _lines: list[str] = field(factory=list)
    _room: int = field(factory=lambda: TEXT_MAX)
    _left_out: int = 0

    def add(self, item: Item, why: str) -> None:
        """One more row."""
        line = ("" if self._lines else self.upload.refused_header) + self.upload.refused_as(item, why)
        self._room -= len(line)
        if self._room < 0:  # and from then on: whoever mends them goes by the order of the file
            self._left_out += 1
        else:
            self._lines.append(line)

    def shape(self) -> dict[str, Any]:
        """The rows themselves."""
        return {"refused_rows": "".join(self._lines), "left_out": self._left_out}

    def close(self) -> None:
        """No more rows."""


@define(eq=False)
class RefusedRows:
    """`path` must not be there yet: somebody may be at work on it. What cannot be written later ends no import: it is
    told by `shape`.
    """

    path: Path
    upload: Upload
    _file: TextIO | None = None
    _fault: str | None = None

    def __attrs_post_init__(self) -> None:
        if os.path.lexists(self.path):
            raise wrong_use(f"{self.path} is there already; remove it, or name another place by --refused")
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            raise wrong_use(
                f"{self.path.absolute()} could not be written by {_whoever()} for rows that are refused; "
                "name another place by --refused"
            )

    def add(self, item: Item, why: str) -> None:
        """One more row."""
        if self._fault is not None:
            return
        with self._telling():
            if self._file is None:
                descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
                self._file = open(descriptor, "w", encoding="utf-8", newline="")  # noqa: SIM115
                self._file.write(self.upload.refused_header)
            self._file.write(self.upload.refused_as(item, why))

    def shape(self) -> dict[str, Any]:
        """The place of the file, if there is one, and why it does not hold all rows, if so."""
        return {
            "refused_file": str(self.path) if self._file is not None else None,
            "refused_file_fault": self._fault,
        }

    def close(self) -> None:
        """No more rows."""
        if self._file is not None:
            with self._telling():
                self._file.close()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._fault = self._fault or f"{self.path} ({error.strerror})"


def _whoever() -> str:
    uid = os.geteuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
