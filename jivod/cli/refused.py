"""Refused: the file of rows that were not taken in, to be mended and imported again. Made with the first such row."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

from attrs import define

from jivod.cli.screen import wrong_use
from jivod.wire.item import Item
from jivod.wire.upload import Upload


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

    def close(self) -> None:
        """No more rows."""
        if self._file is not None:
            self._file.close()
