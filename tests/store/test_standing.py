"""Where a store stands is known again by digests, and they change with what they stand for."""

from __future__ import annotations

import pytest
from attrs import asdict

from jivod.store import fingerprints, journal, meta, policies, quarantine
from jivod.store.kv import Job
from jivod.store.memory import MemoryEngine
from jivod.store.standing import agrees, decided, standing
from tests.store.engines import ID_KEY
from tests.store.world import ORIGIN


def test_of_an_empty_store(memory: MemoryEngine) -> None:
    found = memory.read(standing)
    assert (found.last, found.last_at, found.head, found.quarantined) == (0, 0, "", 0)
    assert ID_KEY.hex()[:32] not in str(found)


CHANGES: list[tuple[Job[object], set[str]]] = [
    (lambda txn: journal.append(txn, received_at=7_777, origin=ORIGIN, body=b"x"), {"last", "last_at", "head"}),
    (lambda txn: policies.adopt(txn, journal.last(txn), "x"), {"policies", "kept"}),
    (lambda txn: policies.adopt(txn, journal.last(txn) + 1, "x"), {"kept"}),
    (lambda txn: fingerprints.count_repeat(txn, 1, 9), {"kept"}),
    (lambda txn: meta.set_value(txn, "id_key", bytes(32).hex()), {"store", "kept"}),
    (lambda txn: meta.set_schema(txn, 7), {"schema", "kept"}),
    (
        lambda txn: quarantine.add(txn, received_at=1, origin=ORIGIN, code="c", message="m", body=b"x"),
        {"quarantined", "kept"},
    ),
]


@pytest.mark.parametrize(("change", "fields"), CHANGES)
def test_it_changes_with_what_changes(sound: MemoryEngine, change: Job[object], fields: set[str]) -> None:
    before = sound.read(standing)
    (outcome,) = sound.write([change])
    assert outcome.error is None
    after = sound.read(standing)
    assert {name for name, value in asdict(after).items() if asdict(before)[name] != value} == fields
    assert not agrees(after, before)
    assert agrees(after, after)


def test_what_was_before_is_told_also_later(sound: MemoryEngine) -> None:
    before = sound.read(standing)
    sound.write([CHANGES[0][0], CHANGES[2][0]])
    assert sound.read(lambda txn: journal.head(txn, before.last)) == before.head
    assert sound.read(lambda txn: decided(txn, before.last)) == before.policies
    assert sound.read(lambda txn: journal.head(txn, before.last + 9)) == ""
