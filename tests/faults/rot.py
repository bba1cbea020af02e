"""Rot: a store with something in every table, single bits of which flip on the disk.

It is a compact copy, in which nothing lies but what is alive, so that each record is found in the file by its bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from attrs import frozen

from jivod.model.errors import Damaged
from jivod.store import codec, policies
from jivod.store.kinds import KINDS
from jivod.store.kv import Txn
from jivod.store.lmdb import open_engine
from jivod.store.tables import META, TABLES
from tests.faults.images import NAME
from tests.faults.images_story import ID_KEY, MAP_SIZE, story, tell
from tests.store.world import populate

SEED, GROUPS = 5, 12
CONFIG = """
state_dir = "state"
public_url = "https://crm.example.com"
[[channel]]
name = "shop"
secret = "abcdefghijklmnopqrstuvwxyz"
"""
_NODE = struct.Struct("<HHHH")  # of LMDB's node: length of the value, low and high; flags; length of the key


@frozen
class Row:
    """A row, and where in the file its key begins; the value follows, or lies apart if it is long."""

    table: str
    key: bytes
    value: bytes
    at: int
    value_at: int


@frozen
class Flip:
    """One bit of the file, in the key or the value of `row`."""

    row: Row
    byte: int
    bit: int

    def __str__(self) -> str:
        return f"table {self.row.table}, key {self.row.key!r}, byte {self.byte}, bit {self.bit}"

    def of(self, content: bytes) -> bytes:
        """The file with that bit flipped."""
        flipped = bytearray(content)
        flipped[self.byte] ^= 1 << self.bit
        return bytes(flipped)


def make_store(directory: Path) -> None:
    """In the new directory, with something in every table."""
    scratch = directory.with_name(f"{directory.name}.scratch")
    engine = open_engine(scratch, MAP_SIZE, random_bytes=lambda _: ID_KEY)
    populate(engine)
    engine.write([lambda txn: policies.adopt(txn, 1, "[identity]\ntoo_common = 5")])  # one that can be read
    for number, group in enumerate(story(SEED, GROUPS)):
        tell(engine, group, number)
    engine.copy(directory)
    engine.close()


def rows(directory: Path) -> list[Row]:
    """Every row of the store whose place in the file is beyond doubt."""
    engine = open_engine(directory, MAP_SIZE)
    try:
        there = engine.read(lambda txn: [(table, *row) for table in TABLES for row in txn.range(table)])
    finally:
        engine.close()
    content = (directory / NAME).read_bytes()
    found = (_find(content, *row) for row in there)
    return [row for row in found if row is not None]


def _find(content: bytes, table: str, key: bytes, value: bytes) -> Row | None:
    size = len(value)
    inline = _NODE.pack(size & 0xFFFF, size >> 16, 0, len(key)) + key + value
    apart = _NODE.pack(size & 0xFFFF, size >> 16, 1, len(key)) + key
    if content.count(inline) == 1:
        at = content.index(inline) + _NODE.size
        return Row(table, key, value, at, at + len(key))
    if content.count(apart) == content.count(value) == 1:
        return Row(table, key, value, content.index(apart) + _NODE.size, content.index(value))
    return None


def flips(rows: list[Row], random: Random) -> Iterator[Flip]:
    """A bit of a record, of one table after the other."""
    for row in _in_turn([row for row in rows if row.value], random):
        yield Flip(row, row.value_at + random.randrange(len(row.value)), random.randrange(8))


def flips_of_keys(rows: list[Row], random: Random) -> Iterator[Flip]:
    """A bit of a key, of one table after the other."""
    for row in _in_turn(rows, random):
        yield Flip(row, row.at + random.randrange(len(row.key)), random.randrange(8))


def _in_turn(rows: list[Row], random: Random) -> Iterator[Row]:
    tables = [[row for row in rows if row.table == table] for table in TABLES]
    while True:
        yield from (random.choice(held) for held in tables if held)


def unreadable(directory: Path) -> list[tuple[str, bytes]]:
    """Table and key of every record that cannot be read, all others having been read one after the other."""
    engine = open_engine(directory, MAP_SIZE)
    try:
        return engine.read(lambda txn: list(_unreadable(txn)))
    finally:
        engine.close()


def _unreadable(txn: Txn) -> Iterator[tuple[str, bytes]]:
    readers = {kind.table: kind.decode for kind in KINDS} | {META: partial(codec.unseal, META)}
    for table, read in readers.items():
        for key, value in txn.range(table):
            try:
                read(value)
            except Damaged:
                yield table, key
