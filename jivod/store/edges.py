"""Edges: which customer record is part of which. A forest: every record has at most one edge upwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jivod.model.customer import Edge
from jivod.model.errors import Damaged, Refused
from jivod.store import codec, index, keys
from jivod.store.kv import Txn
from jivod.store.tables import EDGES, EDGES_BY_WINNER

INDEXES = {EDGES_BY_WINNER: "t"}


def get(txn: Txn, loser: str) -> Edge | None:
    """The edge upwards from `loser`; None: it stands for itself."""
    record = txn.get(EDGES, keys.text(loser))
    return None if record is None else decode(record)


def add(txn: Txn, edge: Edge) -> None:
    """Make `edge.loser` part of `edge.winner`.

    Raises Refused if the loser is part of another one already, or if it would come to contain itself.
    """
    if get(txn, edge.loser) is not None:
        raise Refused("this customer is part of another one already: unmerge it first")
    if root(txn, edge.winner) == edge.loser:
        raise Refused("these two are one customer already")
    txn.put(EDGES, keys.text(edge.loser), encode(edge))
    index.update(txn, frozenset(), entries(edge))


def remove(txn: Txn, loser: str) -> Edge | None:
    """Take the edge of `loser` away, so that it stands for itself again; the edge there was."""
    edge = get(txn, loser)
    if edge is not None:
        txn.delete(EDGES, keys.text(loser))
        index.update(txn, entries(edge), frozenset())
    return edge


def root(txn: Txn, id: str) -> str:
    """The customer that `id` is part of in the end; itself without an edge. Raises Damaged for a circle."""
    passed = {id}
    while (edge := get(txn, id)) is not None:
        id = edge.winner
        if id in passed:
            raise Damaged("table edges runs in a circle")
        passed.add(id)
    return id


def tree(txn: Txn, root_id: str) -> list[str]:
    """`root_id`, then every record merged into it, depth first, siblings sorted. Raises Damaged for a circle."""
    found: list[str] = []
    seen: set[str] = set()
    waiting = [root_id]
    while waiting:
        id = waiting.pop()
        if id in seen:
            raise Damaged("table edges runs in a circle")
        seen.add(id)
        found.append(id)
        waiting.extend(reversed(losers(txn, id)))
    return found


def above(txn: Txn, ids: Iterable[str], *, within: bool) -> list[Edge]:
    """The edges upwards of the records `ids`, as far as they have one; `within`: also those inside of them."""
    every = [id for one in ids for id in (tree(txn, one) if within else [one])]
    found = [get(txn, id) for id in dict.fromkeys(every)]
    return [edge for edge in found if edge is not None]


def losers(txn: Txn, winner: str) -> list[str]:
    """The records that have an edge right to `winner`, sorted."""
    return [keys.unpack_text(tail) for tail in index.tails(txn, EDGES_BY_WINNER, keys.text(winner))]


def listed(txn: Txn, limit: int, after: str = "") -> list[Edge]:
    """All edges by their losers. `after`: the last loser of the page before."""
    lo = keys.text(after) + b"\0" if after else b""
    return [decode(record) for _, record in txn.range(EDGES, lo, limit=limit)]


def entries(edge: Edge) -> index.Entries:
    """Every index entry of a record."""
    return {(EDGES_BY_WINNER, keys.pack(edge.winner, edge.loser))}


def encode(edge: Edge) -> bytes:
    """The record of an edge."""
    return codec.encode([edge.loser, edge.winner, edge.rule, edge.seq, edge.at])


def decode(record: bytes) -> Edge:
    """The edge in a record. Raises Damaged."""
    return codec.decode(EDGES, record, _edge)


def _edge(row: list[Any]) -> Edge:
    loser, winner, rule, seq, at = row
    return Edge(loser=loser, winner=winner, rule=rule, seq=seq, at=at)
