"""Following: the side file, brought up to the journal: words of conversations and customers, and the figures.

Each row is made of the store as it is, not of the entry that touched it: so it does not matter in which steps, or how
often, the journal is followed. A row names a record as it arrived; who that is now is asked when it is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from attrs import frozen

from jivod.flow import indexed
from jivod.flow.touched import Touched
from jivod.model.decision import Erase
from jivod.model.entry import DECISION, Entry
from jivod.policy import fold
from jivod.store import journal, side, tallies, texts
from jivod.store.kv import Engine, Txn
from jivod.store.side import Rows, Side
from jivod.store.tallies import Tally
from jivod.store.texts import PERSON, TALK, Text
from jivod.wire import decision as wire

T = TypeVar("T")

BATCH = 64  # entries
BATCH_BYTES = 1 << 20  # of them, about
VERSION = "3"

_DUE = "CREATE TABLE due (name TEXT PRIMARY KEY) WITHOUT ROWID"
_ADD_DUE = "INSERT OR IGNORE INTO due VALUES (?)"
_BORN, _SEEN, _HEAD = "born", "seen", "head"


class Along(Protocol):
    """What may pause between two pieces of the work."""

    def __call__(self, pieces: Iterable[T], /) -> Iterable[T]:
        """The same pieces."""


def at_once(pieces: Iterable[T]) -> Iterable[T]:
    """Without a pause."""
    return pieces


@frozen(kw_only=True)
class Step:
    """The file has followed the journal up to entry `seen` of `last`; `again`: it is to be made anew first."""

    seen: int
    last: int
    again: bool = False


@frozen(kw_only=True)
class Noted:
    """How far the file has come: entry `seen`, whose digest was `head`; `born`: the last one when it was made; `due`:
    conversations to be read again, for their content is gone.
    """

    seen: int = 0
    head: str = ""
    born: int | None = None
    due: tuple[str, ...] = ()


@frozen(kw_only=True)
class _Batch:
    """What is to be written: rows by their names, and how far that brings the file."""

    noted: Noted
    talks: dict[str, Text | None]
    people: dict[str, Text | None]
    tallies: dict[str, Tally | None]
    emptied: list[str]  # names of conversations


def zone_of(name: str) -> tzinfo:
    """The time zone of a name; UTC is there also where the system knows no others. Raises ZoneInfoNotFoundError."""
    return UTC if name == "UTC" else ZoneInfo(name)


def make_side(state_dir: Path, zone: str) -> Side:
    """The side file of the store in `state_dir`; its days begin as they do in `zone`."""
    kind = {"version": f"{VERSION}.{fold.VERSION}", "zone": zone}
    return Side(state_dir / side.NAME, kind, (*texts.SCHEMA, *tallies.SCHEMA, _DUE))


def noted(rows: Rows) -> Noted:
    """How far the file has come."""
    return Noted(
        seen=side.value(rows, _SEEN) or 0,
        head=side.value(rows, _HEAD) or "",
        born=side.value(rows, _BORN),
        due=tuple([name for (name,) in rows.execute("SELECT name FROM due LIMIT ?", (BATCH,))]),
    )


def is_of(txn: Txn, found: Noted) -> bool:
    """Whether it is this journal that the file has followed."""
    return found.seen == 0 or journal.head(txn, found.seen) == found.head


def follow(engine: Engine, file: Side, zone: tzinfo, limit: int = BATCH, along: Along = at_once) -> Step:
    """Take in the next entries of the journal, `limit` at most, each as soon as `along` gives it. Raises what `Side`
    does. Where the file followed another journal, or somebody was erased since it was made, it is removed: the next
    call makes it anew.
    """
    there = file.read(noted) or Noted()
    last, entries, is_ours = engine.read(lambda txn: _ahead(txn, there, limit))
    if not is_ours:
        file.remove()
        return Step(seen=0, last=last, again=True)
    if entries or there.due:
        batch = engine.read(lambda txn: _gather(txn, file, zone, there, entries, along))
        file.write(partial(_put, there=there, batch=batch, along=along))
        if there.due:
            file.settle()
        return Step(seen=batch.noted.seen, last=last)
    return Step(seen=there.seen, last=last)


def _ahead(txn: Txn, there: Noted, limit: int) -> tuple[int, list[Entry], bool]:
    """The number of the last entry, the next ones, and whether they go on from where the file is."""
    entries = journal.after(txn, there.seen, limit, BATCH_BYTES)
    is_erased = there.born is not None and any(_is_erasure(entry, there.born) for entry in entries)
    return journal.last(txn), entries, is_of(txn, there) and not is_erased


def _gather(txn: Txn, file: Side, zone: tzinfo, there: Noted, entries: list[Entry], along: Along) -> _Batch:
    touched = Touched(txn, lambda record: [indexed.chat_of(name) for name in _made_by(file, record)])
    touched.chats.update({indexed.chat_of(name): None for name in there.due})
    for entry in along(entries):
        touched.add(entry)
    both = {indexed.name(*chat): indexed.conversation(txn, chat, zone) for chat in along(touched.chats)}
    seen = entries[-1].seq if entries else there.seen
    born = journal.last(txn) if there.born is None else there.born
    return _Batch(
        noted=Noted(seen=seen, head=journal.head(txn, seen), born=born),
        talks={name: text for name, (text, _) in both.items()},
        people={record: indexed.person(txn, record) for record in along(touched.records)},
        tallies={name: tally for name, (_, tally) in both.items()},
        emptied=[indexed.name(*chat) for chat in touched.emptied],
    )


def _put(rows: Rows, there: Noted, batch: _Batch, along: Along) -> None:
    if noted(rows) != there:
        return  # another process was faster
    texts.put(rows, TALK, along(batch.talks.items()))
    texts.put(rows, PERSON, along(batch.people.items()))
    for name, tally in along(batch.tallies.items()):
        tallies.put(rows, name, tally)
    rows.executemany(_ADD_DUE, [(name,) for name in batch.emptied])
    if there.due:
        _forget(rows, there.due)
    side.note(rows, _SEEN, batch.noted.seen)
    side.note(rows, _HEAD, batch.noted.head)
    side.note(rows, _BORN, batch.noted.born or 0)


def _forget(rows: Rows, due: Sequence[str]) -> None:
    """They are read again; behind the last of them no word is left of what was said there."""
    rows.executemany("DELETE FROM due WHERE name = ?", [(name,) for name in due])
    if not list(rows.execute("SELECT 1 FROM due LIMIT 1")):
        for kind in texts.KINDS:
            texts.forget(rows, kind)


def _made_by(file: Side, record: str) -> list[str]:
    return file.read(lambda rows: tallies.made_by(rows, record)) or []


def _is_erasure(entry: Entry, born: int) -> bool:
    return entry.seq > born and entry.kind == DECISION and isinstance(wire.read(entry.body), Erase)
