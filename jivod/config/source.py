"""Source: the configuration file as text, to say in which line a fault stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from attrs import field, frozen

from jivod.model.errors import BadConfig

Place = tuple[str | int, ...]
"""Where a value stands: ("limits", "deadline"), ("channel", 1, "name")."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]")
_KEY = re.compile(r"""\s*(["']?)([A-Za-z0-9_-]+)\1\s*=""")
_AT_LINE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)")


@frozen
class Source:
    """A file that was read, or none at all (`path` None, the table is empty)."""

    path: Path | None
    text: str = field(default="", repr=False)
    table: dict[str, Any] = field(factory=dict, repr=False)

    def fault(self, place: Place, problem: str, remedy: str) -> BadConfig:
        """The error to raise for the value at `place`."""
        where = f"{self.path}:{self.line_of(place)}" if self.path else "(no configuration file)"
        return BadConfig(f"{where}: {problem}; {remedy}")

    def line_of(self, place: Place) -> int:
        """The line where `place` stands, else its table, else the first line that names the key, else 1."""
        found = _lines(self.text)
        for end in range(len(place), 0, -1):
            if place[:end] in found:
                return found[place[:end]]
        key = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
        named = (n for n, line in enumerate(self.text.splitlines(), 1) if key and key in line)
        return next(named, 1)

    def beside(self, name: str) -> Path:
        """A path as written in the file: relative ones start at the file's directory."""
        return (self.path.absolute().parent if self.path else Path.cwd()) / name


def read(path: Path) -> Source:
    """Read and parse a TOML file. BadConfig if it is not there, not readable, not UTF-8 or not TOML."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise BadConfig(f"{path}:1: there is no such file; create it, or point JIVOD_CONFIG to another") from None
    except OSError as error:
        raise BadConfig(f"{path}:1: cannot be read ({error.strerror}); give the user of jivod the right to") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadConfig(f"{path}:{line}: this is not UTF-8 text; save the file as UTF-8") from None
    try:
        return Source(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _syntax(path, text, str(error)) from None


def _syntax(path: Path, text: str, message: str) -> BadConfig:
    match = _AT_LINE.fullmatch(message)
    problem, line = (match[1], match[2]) if match else (message, None)
    number = int(line) if line else max(len(text.splitlines()), 1)
    return BadConfig(f'{path}:{number}: not valid TOML: {_lower(problem)}; write lines like key = "value"')


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _lines(text: str) -> dict[Place, int]:
    """The line of every table header and of every key at the start of a line."""
    found: dict[Place, int] = {}
    counts: dict[str, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            name = header[2]
            table = (name,)
            if header[1] == "[[":
                table = (name, counts.get(name, 0))
                counts[name] = counts.get(name, 0) + 1
                found.setdefault((name,), number)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, key[2]), number)
    return found
