"""Timeline: all that happened with a customer in one stream, the newest first: conversations, and what people and rules
decided. In pages: each costs no more than its items, however long the whole is.

Three streams, each in its own order, are merged by time: of two heads the later one comes first. A page ends at a place
in each of them. What comes in meanwhile stands above that, so the pages behind it are what they were.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from attrs import define, evolve

from jivod.flow import query
from jivod.flow.enact import BY_PERSON
from jivod.flow.query import Before, Decided
from jivod.model.chat import Chat
from jivod.model.customer import Edge
from jivod.model.decision import Delay, Detach, Different, Merge, Note, Strike, Unmerge
from jivod.model.value import frozen
from jivod.store import chats, decisions, edges, notes
from jivod.store.kv import Txn

CHAT, CALL, MESSAGE, NOTE, EDIT, MERGE = "chat", "call", "message", "note", "edit", "merge"
KINDS = (CHAT, CALL, MESSAGE, NOTE, EDIT, MERGE)
LOOKED_AT = 1000  # items that one page reads, at most: where few are of the kind that is asked for, it is shorter

_CONVERSATIONS = (CHAT, CALL, MESSAGE)
_MERGES = (Merge, Unmerge, Detach, Different, Delay)


@frozen(kw_only=True)
class Item:
    """One thing that happened, at `at` (UNIX ms): `chat`, or what a person `decided`, or an `edge` that a rule made.

    `struck`: the decision that took this note away.
    """

    kind: str
    at: int
    chat: Chat | None = None
    decided: Decided | None = None
    edge: Edge | None = None
    struck: Decided | None = None


@frozen(kw_only=True)
class Place:
    """The last item of each stream that came before. None: none did."""

    chat: Before | None = None
    seq: int | None = None
    edge: tuple[int, str] | None = None


@frozen(kw_only=True)
class Page:
    """`after` is where the page after this goes on, None behind the last."""

    items: tuple[Item, ...]
    after: Place | None


Head = tuple[int, Callable[[], Item | None], Callable[[Place], Place]]
"""Time of an item, what makes it, and the place behind it."""


def page(txn: Txn, root: str, limit: int, kind: str | None = None, after: Place | None = None) -> Page:
    """The next `limit` items of the living customer `root`, those of one `kind` or all."""
    place, looked = after or Place(), 0
    found: list[Item] = []
    for head in _merged(txn, root, kind, place):
        if len(found) == limit or looked == LOOKED_AT:
            return Page(items=tuple(found), after=place)
        _, make, advance = head
        item = make()
        place, looked = advance(place), looked + 1
        if item is not None and kind in (None, item.kind):
            found.append(item)
    return Page(items=tuple(found), after=None)


def kind_of(chat: Chat) -> str:
    """What a conversation was: CHAT, CALL or MESSAGE."""
    facts = {claim.attribute for claim in chat.facts}
    if "call" in facts:
        return CALL
    return MESSAGE if "message" in facts and "finished" not in facts else CHAT


def _merged(txn: Txn, root: str, kind: str | None, place: Place) -> Iterator[Head]:
    """The streams in which there may be items of this kind, as one."""
    members = edges.tree(txn, root)
    streams: list[Iterator[Head]] = []
    if kind not in _CONVERSATIONS:
        streams += [_decided(txn, members, place.seq), _edges(txn, members, place.edge)]
    if kind is None or kind in _CONVERSATIONS:
        streams.append(_chats(txn, members, place.chat))
    return _latest_first([_Stream(stream) for stream in streams])


@define(eq=False)
class _Stream:
    rest: Iterator[Head]
    head: Head | None = None

    def __attrs_post_init__(self) -> None:
        self.take()

    def take(self) -> Head | None:
        taken, self.head = self.head, next(self.rest, None)
        return taken


def _latest_first(streams: list[_Stream]) -> Iterator[Head]:
    """The later head first. A stream whose times run back a little, as a clock does, waits until it is its turn."""
    while waiting := [stream for stream in streams if stream.head is not None]:
        head = max(waiting, key=lambda stream: stream.head[0]).take()  # type: ignore[index]
        assert head is not None
        yield head


def _chats(txn: Txn, members: list[str], after: Before | None) -> Iterator[Head]:
    start = b"" if after is None else chats.place(*after)
    rows = heapq.merge(*[chats.newest(txn, id, start) for id in members], key=lambda row: row[0])
    for _, chat in rows:
        here = (chat.at, chat.account, chat.ref)
        yield chat.at, partial(Item, kind=kind_of(chat), at=chat.at, chat=chat), partial(_behind, chat=here)


def _decided(txn: Txn, members: list[str], before: int | None) -> Iterator[Head]:
    """Newest first. One decision may be about several records of the customer, and is told once."""
    last = None
    for seq in heapq.merge(*[decisions.newest(txn, id, before) for id in members], reverse=True):
        if seq != last:
            one = query.decision(txn, seq)
            yield one.at, partial(_of_decision, txn, one), partial(_behind, seq=seq)
            last = seq


def _of_decision(txn: Txn, one: Decided) -> Item | None:
    """None for the word that a note was taken away: the note itself tells."""
    if isinstance(one.decision, Strike):
        return None
    if not isinstance(one.decision, Note):
        return Item(kind=MERGE if isinstance(one.decision, _MERGES) else EDIT, at=one.at, decided=one)
    slip = notes.get(txn, one.seq)
    struck = query.decision(txn, slip.struck) if slip is not None and slip.struck else None
    return Item(kind=NOTE, at=one.at, decided=one, struck=struck)


def _edges(txn: Txn, members: list[str], after: tuple[int, str] | None) -> Iterator[Head]:
    every = [edge for id in members[1:] if (edge := edges.get(txn, id)) is not None and edge.rule != BY_PERSON]
    for edge in sorted(every, key=lambda e: (-e.at, e.loser)):
        here = (edge.at, edge.loser)
        if after is None or (-edge.at, edge.loser) > (-after[0], after[1]):
            yield edge.at, partial(Item, kind=MERGE, at=edge.at, edge=edge), partial(_behind, edge=here)


def _behind(place: Place, **more: Any) -> Place:
    return evolve(place, **more)
