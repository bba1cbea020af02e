"""Meta: what the environment knows of itself: the version of its schema and the key from which ids are made."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jivod.model.errors import Damaged
from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import META

SCHEMA = 1
"""The schema that this jivod writes; `store.migrate` brings older ones up to it."""

ID_KEY_SIZE = 32


def initialise(txn: Txn, id_key: bytes) -> None:
    """Write the meta records of a new environment; `id_key` is 32 random bytes."""
    if len(id_key) != ID_KEY_SIZE:
        raise ValueError(f"an id key has {ID_KEY_SIZE} bytes")
    set_value(txn, "id_key", id_key.hex())
    set_value(txn, "schema", SCHEMA)


def schema(txn: Txn) -> int | None:
    """The version of the schema; None if this is no environment of jivod."""
    record = txn.get(META, keys.text("schema"))
    return None if record is None else codec.decode(META, record, int)


def set_schema(txn: Txn, version: int) -> None:
    """Note that a migration step was done."""
    set_value(txn, "schema", version)


def id_key(txn: Txn) -> bytes:
    """The secret from which customer ids are made. Raises Damaged if it is missing."""
    record = txn.get(META, keys.text("id_key"))
    if record is None:
        raise Damaged("table meta has no id key")
    return _id_key(record)


@lru_cache(maxsize=1)
def _id_key(record: bytes) -> bytes:
    return codec.decode(META, record, bytes.fromhex)


def value(txn: Txn, name: str) -> Any:
    """A plain value kept under `name`, or None."""
    record = txn.get(META, keys.text(name))
    return None if record is None else codec.decode(META, record, lambda plain: plain)


def set_value(txn: Txn, name: str, plain: Any) -> None:
    """Keep a plain value (lists, text, integers) under `name`."""
    txn.put(META, keys.text(name), codec.encode(plain))
