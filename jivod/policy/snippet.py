"""Snippet: of what was found the few words around it, in parts that are marked or not; and how well a text answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

from jivod.model.finding import Part
from jivod.model.value import frozen
from jivod.policy import fold
from jivod.policy.fold import Word
from jivod.policy.wanted import Wanted

WIDTH = 160  # characters of a snippet, about
BEFORE = 40  # of them before the first word that was found
LOOKED_AT = 20_000  # characters of a line
CUT = "…"

_SATURATION, _LENGTH = 1.2, 0.75  # as BM25 has them
_FADING = 180 * 86_400_000  # ms in which a text loses half of what its being new adds


@frozen(kw_only=True)
class Weights:
    """How much each word says, by how few texts have it."""

    texts: int
    used: Mapping[str, int]

    def of(self, word: str) -> float:
        """Never 0, so that a word that every text has still counts where it comes often."""
        used = min(self.used.get(word, 0), self.texts)
        return log(1 + (self.texts - used + 0.5) / (used + 0.5))


def best_line(texts: Sequence[str], wanted: Wanted) -> int:
    """The place of the text with the most of the words; the first of equal ones."""
    return max(range(len(texts)), key=lambda place: (_different(texts[place][:LOOKED_AT], wanted), -place))


def snippet(text: str, wanted: Wanted) -> tuple[Part, ...]:
    """The words around the first one that was found; from the beginning where none was."""
    found = fold.words(text[:LOOKED_AT])
    marked = [word for word in found if _is_wanted(word.text, wanted)]
    if not marked:
        end = _end(found, 0, text)
        return _parts(text, 0, end, [])
    start = _start(found, marked[0])
    end = max(marked[0].end, _end(found, start, text))
    return _parts(text, start, end, [word for word in marked if word.end <= end])


def score(folded: str, at: int, newest: int, wanted: Wanted, weights: Weights, length: float) -> float:
    """How well a text of `at` (UNIX ms) answers, among others of `length` words on average, up to the `newest`."""
    words = folded.split()
    counts = Counter(words)
    if (last := wanted.beginning) is not None:
        counts[last] += sum([count for word, count in counts.items() if word != last and word.startswith(last)])
    norm = _SATURATION * (1 - _LENGTH + _LENGTH * len(words) / length)
    value = sum([weights.of(word) * counts[word] * (_SATURATION + 1) / (counts[word] + norm) for word in wanted.words])
    return value * float(1 + 2 ** (-(newest - at) / _FADING))


def _is_wanted(word: str, wanted: Wanted) -> bool:
    return word in wanted.words or (wanted.beginning is not None and word.startswith(wanted.beginning))


def _different(text: str, wanted: Wanted) -> int:
    there, last = set(fold.fold(text).split()), wanted.beginning
    found = sum([word in there for word in wanted.words if word != last])
    return found + (last is not None and any(word.startswith(last) for word in there))


def _start(found: Sequence[Word], first: Word) -> int:
    near = [word.start for word in found if first.start - BEFORE <= word.start <= first.start]
    return 0 if first.start <= BEFORE else near[0]


def _end(found: Sequence[Word], start: int, text: str) -> int:
    if len(text) <= start + WIDTH:
        return len(text)
    within = [word.end for word in found if start < word.end <= start + WIDTH]
    return within[-1] if within else start + WIDTH


def _parts(text: str, start: int, end: int, marked: Sequence[Word]) -> tuple[Part, ...]:
    pieces: list[tuple[str, bool]] = [(CUT, False)] if start else []
    place = start
    for word in marked:
        first = max(place, word.start)  # two words may be of one character: ½
        pieces += [(text[place:first], False), (text[first : word.end], True)]
        place = max(place, word.end)
    pieces += [(text[place:end], False), (CUT if end < len(text) else "", False)]
    return _joined(pieces)


def _joined(pieces: Sequence[tuple[str, bool]]) -> tuple[Part, ...]:
    """Neighbours of one kind are one part; none is empty."""
    found: list[Part] = []
    for text, is_marked in pieces:
        if text and found and found[-1].marked == is_marked:
            found[-1] = Part(text=found[-1].text + text, marked=is_marked)
        elif text:
            found.append(Part(text=text, marked=is_marked))
    return tuple(found)
