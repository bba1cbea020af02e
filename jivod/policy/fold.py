"""Fold: text as it is searched: alike however it was typed. Turkish İ I ı i are one letter here, ş and s, ё and е too.

Each character is folded by itself, so that a place in what was found is known in what was typed. Scripts without
spaces, and pictures, are words of one character each; what stood together is then asked for as a phrase.
"""

from __future__ import annotations

from unicodedata import category, decimal, normalize

from jivod.model.value import frozen

VERSION = 1  # of all this: what was folded by another is folded anew

BETWEEN = "\ue000"  # a word that nobody can ask for: no phrase reaches over it

WORD_MAX = 64  # characters of a word that count

_REMEMBERED = 20_000  # characters; hostile text has others
_OWN = dict(zip("ıøłđðħŧəىةکی", "iolddhteيهكي", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th", "ـ": ""}
_ALONE = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF),  # Thai, Lao, Burmese, Khmer
    (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3FFFF),  # Japanese, Chinese
)  # fmt: skip


@frozen
class Word:
    """A folded word, and where it stands in the text."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """The folded words of a text, a blank between two."""
    return " ".join([word[:WORD_MAX] for word in text.translate(_LETTERS).split()])


def words(text: str) -> list[Word]:
    """The folded words, each with its place. Marks belong to the character before them."""
    found: list[Word] = []
    letters, start, end = "", 0, 0
    for place, character in enumerate(text):
        piece = _LETTERS[ord(character)]
        if not piece and letters:
            end = place + 1
        elif not piece and found and found[-1].end == place:
            found[-1] = Word(found[-1].text, found[-1].start, place + 1)
        for letter in piece:
            if letter != " ":
                start = start if letters else place
                letters, end = letters + letter, place + 1
            elif letters:
                found.append(Word(letters[:WORD_MAX], start, end))
                letters = ""
    return [*found, Word(letters[:WORD_MAX], start, end)] if letters else found


def is_alone(word: str) -> bool:
    """Whether a folded word is one of a single character by its nature: it has no beginning to be asked for."""
    return _LETTERS[ord(word[0])].startswith(" ")


def _folded(character: str) -> str:
    """What stands for a character: letters, a word by itself between blanks, a blank, or nothing."""
    before, letters = "", character
    while letters != before:
        before, letters = letters, "".join([_plain(c) for c in normalize("NFKD", letters.casefold())])
    return "".join([_spaced(c) for c in letters])


def _plain(character: str) -> str:
    kind = category(character)
    if kind == "Nd":
        return str(decimal(character))
    if kind[0] == "M" or kind in ("Cf", "Cs") or (kind == "Sk" and character > "\uffff"):
        return ""  # marks, what only directs, colours of skin
    return _OWN.get(character, character)


def _spaced(character: str) -> str:
    code = ord(character)
    if category(character) == "So" or any(first <= code <= last for first, last in _ALONE):
        return f" {character} "
    return character if character.isalnum() else " "


class _Letters(dict[int, str]):
    """Code of a character -> what stands for it, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        found = _folded(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = found
        return found


_LETTERS = _Letters()
