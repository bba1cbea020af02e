"""A configuration in a directory of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from attrs import field, frozen

from jivod.config.load import load
from jivod.config.settings import Settings

SECRET = "s" * 32


@frozen
class Place:
    """`beside` is where jivod.tac would stand."""

    beside: Path
    made: list[str] = field(factory=list)

    @property
    def file(self) -> Path:
        return self.beside / "etc" / "jivod.toml"

    def write(self, text: str) -> Place:
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(text, encoding="utf-8")
        return self

    def secret_file(self, name: str, text: str, mode: int = 0o600) -> Path:
        path = self.file.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    def load(self, environ: Mapping[str, str] | None = None, make_secret: Callable[[], str] | None = None) -> Settings:
        return load(environ or {}, self.beside, make_secret or self._make)

    def _make(self) -> str:
        self.made.append(SECRET)
        return SECRET


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)
