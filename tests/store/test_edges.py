"""Edges: a forest, whatever is tried."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.customer import Edge
from jivod.model.errors import Damaged, Refused
from jivod.store import edges, keys
from jivod.store.kv import Engine
from jivod.store.memory import MemoryEngine
from jivod.store.tables import EDGES
from tests.strategies import records


def edge(loser: str, winner: str) -> Edge:
    return Edge(loser=loser, winner=winner, rule="provisional", seq=1, at=1)


def add(engine: Engine, *some: Edge) -> None:
    for outcome in engine.write([lambda txn, e=e: edges.add(txn, e) for e in some]):
        if outcome.error:
            raise outcome.error


def root(engine: Engine, id: str) -> str:
    return engine.read(lambda txn: edges.root(txn, id))


def tree(engine: Engine, id: str) -> list[str]:
    return engine.read(lambda txn: edges.tree(txn, id))


def test_a_customer_without_an_edge_is_its_own_root_and_tree(engine: Engine) -> None:
    assert root(engine, "c1") == "c1"
    assert tree(engine, "c1") == ["c1"]
    assert engine.read(lambda txn: edges.get(txn, "c1")) is None


def test_the_root_is_at_the_end_of_the_way_up(engine: Engine) -> None:
    add(engine, edge("c3", "c2"), edge("c2", "c1"))
    assert root(engine, "c3") == "c1"
    assert engine.read(lambda txn: edges.get(txn, "c3")) == edge("c3", "c2")


def test_a_tree_goes_depth_first_with_sorted_siblings(engine: Engine) -> None:
    add(engine, edge("b", "a"), edge("d", "a"), edge("z", "b"), edge("c", "b"), edge("e", "d"))
    assert tree(engine, "a") == ["a", "b", "c", "z", "d", "e"]


def test_a_second_edge_of_the_same_customer_is_refused(engine: Engine) -> None:
    add(engine, edge("c2", "c1"))
    with pytest.raises(Refused, match="unmerge"):
        add(engine, edge("c2", "c3"))


def test_a_circle_is_refused(engine: Engine) -> None:
    add(engine, edge("c2", "c1"), edge("c3", "c2"))
    for closing in (edge("c1", "c3"), edge("c1", "c1")):
        with pytest.raises(Refused, match="one customer already"):
            add(engine, closing)
    assert root(engine, "c3") == "c1"


def test_a_removed_edge_leaves_nothing(engine: Engine) -> None:
    add(engine, edge("c2", "c1"))
    (outcome,) = engine.write([lambda txn: edges.remove(txn, "c2")])
    assert outcome.value == edge("c2", "c1")
    assert root(engine, "c2") == "c2"
    assert tree(engine, "c1") == ["c1"]


def test_removing_an_edge_that_is_not_there_gives_none(engine: Engine) -> None:
    assert engine.write([lambda txn: edges.remove(txn, "c2")])[0].value is None


def test_all_edges_are_listed_page_by_page(engine: Engine) -> None:
    add(engine, edge("c2", "c1"), edge("c3", "c1"), edge("c1", "c0"))
    first = engine.read(lambda txn: edges.listed(txn, 2))
    assert first == [edge("c1", "c0"), edge("c2", "c1")]
    assert engine.read(lambda txn: edges.listed(txn, 2, "c2")) == [edge("c3", "c1")]
    assert engine.read(lambda txn: edges.listed(txn, 2, "c3")) == []


def test_a_circle_in_a_damaged_store_ends_in_damaged_and_not_in_a_loop(engine: Engine) -> None:
    add(engine, edge("c2", "c1"))
    circle = edge("c1", "c2")
    engine.write(
        [
            lambda txn: txn.put(EDGES, keys.text("c1"), edges.encode(circle)),
            lambda txn: [txn.put(table, key, b"") for table, key in edges.entries(circle)],
        ]
    )
    for walk in (root, tree):
        with pytest.raises(Damaged, match="circle"):
            walk(engine, "c1")


@given(st.lists(records.edges(), max_size=8))
def test_trees_of_the_roots_hold_everybody_once(some: list[Edge]) -> None:
    engine = MemoryEngine()
    for one in some:
        with suppress(Refused):
            add(engine, one)
    everybody = {id for one in some for id in (one.loser, one.winner)}
    roots = {root(engine, id) for id in everybody}
    assert sorted(id for r in roots for id in tree(engine, r)) == sorted(everybody)
    assert all(id in tree(engine, root(engine, id)) for id in everybody)
