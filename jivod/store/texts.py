"""Texts: what was said and what people are called, found by folded words. Rows of the side file.

A text lies under a number made of its time, so that the newest ones are found first, however many there are. How often
each word is used is kept beside: it tells how the beginning of a word may go on, and how much a word says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

import orjson

from jivod.model.value import frozen
from jivod.store.side import Rows

TALK = "talk"  # name: account/ref of a conversation
PERSON = "person"  # name: id of a customer record
NOTE = "note"  # for what agents write down
KINDS = (TALK, PERSON, NOTE)

LAST = (1 << 62) - 1  # above every number of a text
BEGINNINGS = 40  # words that a beginning stands for: the most frequent ones
LOOKED_AT = 20_000  # words with that beginning that are looked at

_TIME_MAX = 1 << 42  # ms
_ALL = ""  # the word that every text has


@frozen(kw_only=True)
class Line:
    """One thing that was said, or one value; `label` is who said it, or what it is a value of. `at`: UNIX ms."""

    label: str
    at: int | None
    text: str


@frozen(kw_only=True)
class Text:
    """All lines under one name; `folded` are their words, a blank between two. `at`: UNIX ms."""

    name: str
    at: int
    lines: tuple[Line, ...]
    folded: str


def _schema(kind: str) -> Iterable[str]:
    yield f"CREATE TABLE {kind} (id INTEGER PRIMARY KEY, name TEXT UNIQUE, at INTEGER, lines BLOB, folded TEXT)"
    yield f"CREATE TABLE {kind}_word (word TEXT PRIMARY KEY, texts INTEGER) WITHOUT ROWID"
    # All but ASCII is a letter to this tokenizer: the words were told apart before.
    yield f"CREATE VIRTUAL TABLE {kind}_fts USING fts5(folded, content='', columnsize=0, tokenize='ascii')"


SCHEMA = tuple([statement for kind in KINDS for statement in _schema(kind)])


def put(rows: Rows, kind: str, texts: Iterable[tuple[str, Text | None]]) -> None:
    """Let each of `texts` stand under its name instead of what stood there; None: nothing does any more."""
    steps: list[tuple[int, int, str]] = []  # the index wants its numbers in order
    counts: Counter[str] = Counter()
    for name, new in texts:
        number, old = _named(rows, kind, name)
        if old == new:
            continue
        if old is not None:
            rows.execute(f"DELETE FROM {kind} WHERE id = ?", (number,))
            steps.append((number, 0, old.folded))
            counts.subtract(_words(old))
        if new is not None:
            number = _free_number(rows, kind, new)
            values = (number, name, new.at, _encode(new.lines), new.folded)
            rows.execute(f"INSERT INTO {kind} VALUES (?, ?, ?, ?, ?)", values)
            steps.append((number, 1, new.folded))
            counts.update(_words(new))
    for number, is_new, folded in sorted(steps):
        row = ("rowid, folded", "?, ?") if is_new else (f"{kind}_fts, rowid, folded", "'delete', ?, ?")
        rows.execute(f"INSERT INTO {kind}_fts ({row[0]}) VALUES ({row[1]})", (number, folded))
    _count(rows, kind, counts)


def forget(rows: Rows, kind: str) -> None:
    """Let the index hold no word of texts that are gone; until then some may be left between the others. Takes long."""
    rows.execute(f"INSERT INTO {kind}_fts ({kind}_fts) VALUES ('optimize')")


def get(rows: Rows, kind: str, name: str) -> Text | None:
    """The text of a name."""
    return _named(rows, kind, name)[1]


def matching(rows: Rows, kind: str, phrases: Sequence[Sequence[str]], below: int, limit: int) -> list[tuple[int, Text]]:
    """The newest texts, with a number under `below`, that have a phrase of each of `phrases`."""
    every = " AND ".join(["(" + " OR ".join([f'"{phrase}"' for phrase in some]) + ")" for some in phrases])
    numbers = [
        number
        for (number,) in rows.execute(
            f"SELECT rowid FROM {kind}_fts WHERE {kind}_fts MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
            (every, below, limit),
        )
    ]
    marks = ", ".join("?" * len(numbers))
    found = rows.execute(f"SELECT * FROM {kind} WHERE id IN ({marks}) ORDER BY id DESC", numbers)
    return [(number, _text(row)) for number, *row in found]


def beginning(rows: Rows, kind: str, beginning: str) -> list[str]:
    """The words that begin so, the most frequent ones."""
    found = rows.execute(
        f"SELECT word FROM (SELECT word, texts FROM {kind}_word WHERE word >= ? AND word < ? LIMIT ?)"
        " ORDER BY texts DESC, word LIMIT ?",
        (beginning, beginning + "\U0010ffff", LOOKED_AT, BEGINNINGS),
    )
    return [word for (word,) in found]


def used(rows: Rows, kind: str, words: Iterable[str]) -> tuple[int, dict[str, int]]:
    """How many texts there are, and how many have each of the words."""
    wanted = [_ALL, *words]
    marks = ", ".join("?" * len(wanted))
    found: dict[str, int] = dict(rows.execute(f"SELECT word, texts FROM {kind}_word WHERE word IN ({marks})", wanted))
    return found.pop(_ALL, 0), found


def _named(rows: Rows, kind: str, name: str) -> tuple[int, Text | None]:
    for number, *row in rows.execute(f"SELECT id, name, at, lines, folded FROM {kind} WHERE name = ?", (name,)):
        return number, _text(row)
    return 0, None


def _free_number(rows: Rows, kind: str, text: Text) -> int:
    """One that begins with the time and does not depend on what came before, but for the rarest of chances."""
    digest = blake2b(text.name.encode(), digest_size=3).digest()
    number = (max(0, min(text.at, _TIME_MAX - 1)) << 20) + (int.from_bytes(digest, "big") >> 4)
    while list(rows.execute(f"SELECT 1 FROM {kind} WHERE id = ?", (number,))):
        number += 1
    return number


def _count(rows: Rows, kind: str, counts: Counter[str]) -> None:
    changed = sorted([(word, count) for word, count in counts.items() if count])
    adding = "ON CONFLICT (word) DO UPDATE SET texts = texts + excluded.texts"
    rows.executemany(f"INSERT INTO {kind}_word VALUES (?, ?) {adding}", changed)
    gone = [(word,) for word, count in changed if count < 0]
    rows.executemany(f"DELETE FROM {kind}_word WHERE word = ? AND texts <= 0", gone)


def _words(text: Text) -> set[str]:
    return {_ALL, *text.folded.split()}


def _encode(lines: Iterable[Line]) -> bytes:
    return orjson.dumps([[line.label, line.at, line.text] for line in lines])


def _text(row: Sequence[Any]) -> Text:
    name, at, lines, folded = row
    found = [Line(label=label, at=said_at, text=text) for label, said_at, text in orjson.loads(lines)]
    return Text(name=name, at=at, lines=tuple(found), folded=folded)
