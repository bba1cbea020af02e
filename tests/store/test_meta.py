"""What an environment knows of itself."""

from __future__ import annotations

import pytest

from jivod.model.errors import Damaged
from jivod.store import keys, meta
from jivod.store.kv import Engine
from jivod.store.memory import MemoryEngine
from jivod.store.tables import META
from tests.store.engines import ID_KEY


def test_a_new_environment_has_the_schema_of_today_and_the_id_key_it_was_given(engine: Engine) -> None:
    assert engine.read(meta.schema) == meta.SCHEMA
    assert engine.read(meta.id_key) == ID_KEY


@pytest.mark.parametrize("size", [0, 31, 33])
def test_an_id_key_of_a_wrong_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MemoryEngine(bytes(size))


def test_a_missing_id_key_is_damage(memory: MemoryEngine) -> None:
    memory.write([lambda txn: txn.delete(META, keys.text("id_key"))])
    with pytest.raises(Damaged, match="id key"):
        memory.read(meta.id_key)


def test_a_missing_schema_reads_as_none(memory: MemoryEngine) -> None:
    memory.write([lambda txn: txn.delete(META, keys.text("schema"))])
    assert memory.read(meta.schema) is None


def test_a_plain_value_is_kept_under_its_name(engine: Engine) -> None:
    assert engine.read(lambda txn: meta.value(txn, "note")) is None
    engine.write([lambda txn: meta.set_value(txn, "note", [1, "a", None])])
    assert engine.read(lambda txn: meta.value(txn, "note")) == [1, "a", None]
