"""Mirror: whatever was there before, afterwards there is what the source has; what is left out was never put."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.store import keys, mirror
from jivod.store.kv import Engine, Txn
from jivod.store.memory import MemoryEngine
from jivod.store.tables import FORMER, OUTBOX

KEYS = st.binary(min_size=1, max_size=2)
TABLES = st.dictionaries(KEYS, st.binary(max_size=3), max_size=12)


def holding(table: str, rows: dict[bytes, bytes]) -> MemoryEngine:
    engine = MemoryEngine()

    def job(txn: Txn) -> None:
        for key, value in rows.items():
            txn.put(table, key, value)

    engine.write([job])
    return engine


def rows(engine: Engine, table: str) -> dict[bytes, bytes]:
    return engine.read(lambda txn: dict(txn.range(table)))


@given(source=TABLES, target=TABLES, out=st.frozensets(KEYS, max_size=4), many=st.integers(1, 3))
def test_the_target_has_what_the_source_has(
    source: dict[bytes, bytes], target: dict[bytes, bytes], out: frozenset[bytes], many: int
) -> None:
    here, there = holding(FORMER, source), holding(FORMER, target)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mirror, "MANY", many)
        mirror.mirror(here, there, FORMER, lambda row: row[0] in out)
    assert rows(there, FORMER) == {key: value for key, value in source.items() if key not in out}
    assert rows(here, FORMER) == source


SPANS = st.tuples(st.integers(1, 12), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(before=SPANS, gone=st.integers(0, 12), come=st.integers(0, 6))
def test_of_the_outbox_the_oldest_go_and_new_ones_come(before: tuple[int, int], gone: int, come: int) -> None:
    first, last = before
    old = {keys.up(n): b"%d" % n for n in range(first, last)}
    new = {keys.up(n): b"%d" % n for n in range(first + gone, last + come)}
    here, there = holding(OUTBOX, new), holding(OUTBOX, old)
    mirror.mirror(here, there, OUTBOX)
    assert rows(there, OUTBOX) == new


def test_nothing_is_written_where_nothing_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = holding(FORMER, {b"a": b"1"}), holding(FORMER, {b"a": b"1"})
    monkeypatch.setattr(there, "write", lambda jobs: 1 / 0)
    mirror.mirror(here, there, FORMER)
    assert rows(there, FORMER) == {b"a": b"1"}
