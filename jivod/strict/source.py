"""Source: a TOML file as text and as a table, to say in which line a fault stands."""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import field, frozen

from jivod.strict.lines import Place, lines
from jivod.strict.rights import opening

__all__ = ["Place", "Source", "parse", "read"]

_AT_LINE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
_MISSING = "create it, or name another"


@frozen
class Source:
    """A file that was read, or none at all (`path` None, the table is empty). `blame` is the error to raise for it."""

    path: Path | None
    blame: type[Exception]
    text: str = field(default="", repr=False)
    table: dict[str, Any] = field(factory=dict, repr=False)

    def fault(self, place: Place, problem: str, remedy: str) -> Exception:
        """The error to raise for the value at `place`."""
        return self.blame(self.sentence(place, problem, remedy))

    def sentence(self, place: Place, problem: str, remedy: str) -> str:
        """FILE:LINE: what is wrong; what to do."""
        where = f"{self.path}:{self.line_of(place)}" if self.path else "(no configuration file)"
        return f"{where}: {problem}; {remedy}"

    def line_of(self, place: Place) -> int:
        """The line where `place` stands, else the innermost table around it that the file has, else 1."""
        return next((self._lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self._lines), 1)

    def beside(self, name: str) -> Path:
        """A path as written in the file: relative ones start at the file's directory."""
        return (self.path.absolute().parent if self.path else Path.cwd()) / name

    @cached_property
    def _lines(self) -> dict[Place, int]:
        return lines(self.text)


def read(path: Path, blame: type[Exception], *, missing: str = _MISSING) -> Source:
    """Read and parse a TOML file. Raises `blame` if it is not there (remedy: `missing`), not readable, not UTF-8 or not
    TOML.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise blame(f"{path}:1: there is no such file; {missing}") from None
    except PermissionError as error:
        remedy = f"be root, or, if this is the user of the daemon, {opening(path)}"
        raise blame(f"{path}:1: cannot be read ({error.strerror}); {remedy}") from None
    except OSError as error:
        raise blame(f"{path}:1: cannot be read ({error.strerror}); give the user of jivod the right to") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise blame(f"{path}:{line}: this is not UTF-8 text; save the file as UTF-8") from None
    return parse(text, path, blame)


def parse(text: str, path: Path, blame: type[Exception]) -> Source:
    """The same for a text that is at hand; `path` is what errors call it."""
    try:
        return Source(path, blame, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _syntax(path, text, str(error), blame) from None
    except RecursionError:
        raise blame(f"{path}:1: lists or tables are nested too deeply; write them flat") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise blame(f"{path}:1: not valid TOML: {_lower(str(error))}; write a shorter number") from None


def _syntax(path: Path, text: str, message: str, blame: type[Exception]) -> Exception:
    match = _AT_LINE.fullmatch(message)
    problem, line = (match[1], match[2]) if match else (message, None)
    number = int(line) if line else max(text.count("\n") + (not text.endswith("\n")), 1)
    return blame(f'{path}:{number}: not valid TOML: {_lower(problem)}; write lines like key = "value"')


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
