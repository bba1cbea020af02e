"""Refused: the rows that were not taken in, to be mended and imported again: a file, made with the first such row, or
a text.
"""

from __future__ import annotations

import os
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
    """`path` must not be there yet: somebody may be at work on it."""

    path: Path
    upload: Upload
    _file: TextIO | None = None

    def __attrs_post_init__(self) -> None:
        if os.path.lexists(self.path):
            raise wrong_use(
                f"{self.path} is there already; remove it, or name another place by --refused"
            )
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            raise wrong_use(
                f"{self.path} could not be written for rows that are refused; name another place by --refused"
            )

    def add(self, item: Item, why: str) -> None:
        """One more row."""
        if self._file is None:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            self._file = open(descriptor, "w", encoding="utf-8", newline="")  # noqa: SIM115
            self._file.write(self.upload.refused_header)
        self._file.write(self.upload.refused_as(item, why))

    def shape(self) -> dict[str, Any]:
        """The place of the file, if there is one."""
        return {"refused_file": str(self.path) if self._file is not None else None}

    def close(self) -> None:
        """No more rows."""
        if self._file is not None:
            self._file.close()
