"""Names: a name as words to search by, alike however it was typed. Turkish İ I ı i are one letter here."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, normalize

NAME_MAX = 64
"""Characters of a name that are looked at: normalising long hostile text takes seconds."""

WORD_MAX = 120  # bytes of UTF-8, so that a word in a key stays text and can be searched by its beginning


@lru_cache(maxsize=4096)
def words(name: str) -> frozenset[str]:
    """The folded words of a name, without case, marks and punctuation."""
    spaced = "".join(c if c.isalnum() else " " for c in fold(name))
    return frozenset(_cut(word) for word in spaced.split())


def fold(name: str) -> str:
    """The first characters of `name` without case and marks."""
    plain = _bare(name[:NAME_MAX]).casefold().replace("ı", "i")
    return _bare(plain)  # folding case can bring marks back


def _bare(text: str) -> str:
    return "".join(c for c in normalize("NFKD", text) if not category(c).startswith("M"))


def _cut(word: str) -> str:
    return word.encode()[:WORD_MAX].decode(errors="ignore")
