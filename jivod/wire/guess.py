"""Guess: what a file of rows is, by its bytes: format, encoding, separator. What is no text is refused."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from attrs import define, field

from jivod.model.errors import Refused

CSV, JSONL, VCARD = "csv", "jsonl", "vcard"
FORMATS = (CSV, JSONL, VCARD)
ENCODINGS = ("utf-8", "utf-8-sig", "cp1254", "cp1251")
SEPARATORS = ",;\t|"

WHOLE = b'{"jivod":"whole"'
"""So begins a whole export, which is no file of rows."""

_BOM = b"\xef\xbb\xbf"
_MAGIC = {
    b"PK\x03\x04": "a zip archive, or an Excel sheet: unpack it, or save the sheet as CSV",
    b"\x1f\x8b": "compressed with gzip: unpack it",
    b"BZh": "compressed with bzip2: unpack it",
    b"\xfd7zXZ": "compressed with xz: unpack it",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel sheet: save it as CSV",
    b"%PDF": "a PDF: export the data as CSV",
    b"\xff\xfe": "UTF-16: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
}
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_SEP = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)


def format_of(head: bytes) -> str:
    """The format of a file that begins so. Raises Refused for what is no text."""
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise Refused(f"the file is {what}, and import that")
    if b"\0" in head:
        raise Refused("the file holds zero bytes, so it is no text; save it as UTF-8, and import that")
    start = head.removeprefix(_BOM).lstrip()
    if not start:
        raise Refused("the file is empty")
    if start[:11].upper() == b"BEGIN:VCARD":
        return VCARD
    return JSONL if start[:1] == b"{" else CSV


@define(eq=False)
class Encoding:
    """The encoding of what `feed` is given, piece by piece. Not UTF-8 is Turkish or Cyrillic Windows.

    In Cyrillic whole words are of bytes above 127, in Turkish a few letters of a word.
    """

    _utf8: codecs.IncrementalDecoder | None = field(factory=codecs.getincrementaldecoder("utf-8"))
    _has_mark: bool | None = None
    _cyrillic: int = 0
    _turkish: int = 0

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        """The next bytes."""
        if self._has_mark is None:
            self._has_mark = piece.startswith(_BOM)
        if self._utf8 is not None:
            try:
                self._utf8.decode(piece, final)
            except UnicodeDecodeError:
                self._utf8 = None
        if not piece.isascii() and self._cyrillic + self._turkish < 100_000:
            self._count(piece[: 1 << 16])

    @property
    def name(self) -> str:
        """One of ENCODINGS."""
        if self._utf8 is not None:
            return "utf-8-sig" if self._has_mark else "utf-8"
        return "cp1251" if self._cyrillic > self._turkish else "cp1254"

    def _count(self, piece: bytes) -> None:
        for word in _WORD.findall(piece):
            high = sum(byte > 127 for byte in word)
            if high:
                if high == len(word) > 1:
                    self._cyrillic += 1
                else:
                    self._turkish += 1


def separator_of(first_line: str) -> str:
    """What stands between the columns; spreadsheets may say so in a first line of its own, `sep=;`."""
    if told := _SEP.fullmatch(first_line):
        return told[1]
    bare = re.sub(r'"[^"]*"?', "", first_line)
    count = Counter(c for c in bare if c in SEPARATORS)
    return max(SEPARATORS, key=lambda c: count[c])


def is_separator_line(first_line: str) -> bool:
    """Whether the line only says what separates the columns."""
    return _SEP.fullmatch(first_line) is not None
