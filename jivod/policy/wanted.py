"""Wanted: what somebody types into the box of a search, as words and phrases. Any text is a search; it finds or not."""

from __future__ import annotations

import re

from jivod.model.value import frozen
from jivod.policy import fold

LONGEST = 200  # characters that are looked at
MOST = 12  # words
SHORTEST = 2  # letters by which the beginning of a word is asked for

_QUOTED = re.compile(r'["“”„«»]([^"“”„«»]*)(?:["“”„«»]|$)')

Phrase = tuple[str, ...]


@frozen(kw_only=True)
class Wanted:
    """Each of `phrases`, folded words that follow one another, must be there; `is_open`: the last word of the last one
    may go on.
    """

    phrases: tuple[Phrase, ...]
    is_open: bool

    @property
    def beginning(self) -> str | None:
        """The word that may go on."""
        return self.phrases[-1][-1] if self.is_open else None

    @property
    def words(self) -> tuple[str, ...]:
        """All words, each once."""
        return tuple(dict.fromkeys([word for phrase in self.phrases for word in phrase]))


def wanted(text: str) -> Wanted | None:
    """What `text` asks for: what stands in quotes, or without a blank between, must stand together. None: nothing."""
    chunks, end, is_open = [], 0, False
    plain = text[:LONGEST]
    for quoted in _QUOTED.finditer(plain):
        chunks += [*plain[end : quoted.start()].split(), quoted[1]]
        end = quoted.end()
    rest = plain[end:].split()
    phrases = [phrase for chunk in (*chunks, *rest) if (phrase := tuple(fold.fold(chunk).split()))]
    if phrases and rest and fold.fold(rest[-1]):
        last = phrases[-1][-1]
        is_open = len(last) >= SHORTEST and not fold.is_alone(last)
    bounded = _bounded(phrases)
    return Wanted(phrases=bounded, is_open=is_open and len(bounded) == len(phrases)) if phrases else None


def _bounded(phrases: list[Phrase]) -> tuple[Phrase, ...]:
    found: list[Phrase] = []
    left = MOST
    for phrase in phrases:
        if left > 0:
            found.append(phrase[:left])
            left -= len(phrase)
    return tuple(found)
