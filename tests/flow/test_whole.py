"""The whole store as JSON Lines: what was exported comes back byte for byte, or not at all."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from hashlib import blake2b
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import whole
from jivod.flow.ingest import quarantine_body
from jivod.model.errors import Damaged, JivodError, Refused, Unreadable
from jivod.policy.rules import Rules
from jivod.store import fingerprints, former
from jivod.store.memory import MemoryEngine
from jivod.store.tables import JOURNAL, KEPT, META, POLICIES, QUARANTINE, REPEATS, TABLES
from tests.flow.imports import Row
from tests.flow.retained import retain
from tests.flow.test_erase import without
from tests.flow.test_transfer import FILES, TYPED_FINDS_NOBODY, lived, lives
from tests.flow.told import HOUR, policies
from tests.flow.world import ORIGIN, World, accepted


def exported(world: World) -> bytes:
    return b"".join(whole.lines(world.engine, lambda done, of: None))


def imported(data: bytes) -> World:
    world = World(engine=MemoryEngine())
    whole.load(io.BytesIO(data), world.engine, lambda: None)
    return world


def rows(world: World) -> dict[str, list[tuple[bytes, bytes]]]:
    return world.ask(lambda txn: {table: list(txn.range(table)) for table in TABLES})


def spoiled(world: World, body: bytes) -> None:
    """A body for the quarantine."""
    error = Unreadable("bad_json", "The body is not valid JSON.")
    world.do(lambda txn: quarantine_body(txn, ORIGIN, world.clock, body, error))


@pytest.fixture(scope="module")
def small() -> bytes:
    world = World()
    world.tell(accepted(1, email="a@example.com"))
    world.tell(accepted(1, email="a@example.com"))
    spoiled(world, b"\xff\0")
    world.adopt(TYPED_FINDS_NOBODY)
    return exported(world)


@given(
    rules=policies(),
    life=lives(longest=8),
    files=st.lists(FILES, max_size=2),
    bodies=st.lists(st.binary(max_size=9), max_size=2),
    hours=st.none() | st.integers(0, 4),
)
def test_what_was_exported_comes_back_byte_for_byte(
    rules: Rules, life: list[Any], files: list[list[Row]], bodies: list[bytes], hours: int | None
) -> None:
    world = lived(rules, life, files, ())
    for body in bodies:
        spoiled(world, body)
    world.do(lambda txn: [fingerprints.count_repeat(txn, 1, 5), former.put(txn, "old", 1)])
    if hours is not None:
        retain(world, world.clock - hours * HOUR)
    other = imported(exported(world))
    assert rows(other) == rows(world)
    assert exported(other) == exported(world)


def test_an_erasure_comes_back_too() -> None:
    world = World()
    made = world.tell(accepted(1, email="a@example.com")).customer
    world.tell(accepted(2, email="b@example.com"))
    assert made is not None
    other = without(world, made)
    again = imported(exported(other))
    assert rows(again) == rows(other)
    assert again.findings() == []


def test_every_kept_table_is_there_and_bodies_can_be_read(small: bytes) -> None:
    lines = [json.loads(line) for line in small.splitlines()]
    assert lines[0] == {"jivod": "whole", "version": 1, "schema": 1, "entries": 1}
    (entry,) = [line for line in lines if "entry" in line]
    assert json.loads(entry["body"])["visitor"] == {"email": "a@example.com"}
    assert {line["table"] for line in lines if "table" in line} == {META, POLICIES, QUARANTINE, REPEATS} < {*KEPT}
    assert lines[-1]["end"] == len(lines) - 2


def test_a_file_that_was_cut_off_is_refused_wherever(small: bytes) -> None:
    for place in {*range(16, len(small), 37), len(small) - 1}:
        with pytest.raises(Refused):
            imported(small[:place])


@given(data=st.data())
def test_a_file_that_was_changed_is_refused(small: bytes, data: st.DataObject) -> None:
    begin = small.index(b"\n") + 1
    place = data.draw(st.integers(begin, len(small) - 2))
    changed = bytearray(small)
    changed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(JivodError):
        imported(bytes(changed))


HOSTILE: list[dict[str, Any]] = [
    {"entry": -1}, {"entry": 2**70}, {"entry": 3}, {"received_at": 2**60}, {"received_at": "1"}, {"kind": "other"},
    {"kind": "decision"}, {"kind": "import"}, {"body": "{"}, {"body": 1}, {"channel": None}, {"region": 7},
    {"kind": "decision", "body": '{"decision":"merge","by":"x","loser":"a","winner":"b","anchors":{"a":-1}}'},
]  # fmt: skip


def sealed(lines: list[dict[str, Any]]) -> bytes:
    """Lines as somebody who wants to harm would write them: summed up as they should be."""
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines[1:])
    end = {"end": len(lines) - 1, "digest": blake2b(body, digest_size=32).hexdigest()}
    return json.dumps(lines[0]).encode() + b"\n" + body + json.dumps(end).encode() + b"\n"


@pytest.mark.parametrize("change", HOSTILE)
def test_an_entry_that_jivod_never_wrote_is_refused_in_words(small: bytes, change: dict[str, Any]) -> None:
    lines = [json.loads(line) for line in small.splitlines()][:-1]
    number = next(n for n, line in enumerate(lines) if "entry" in line)
    lines[number] |= change
    with pytest.raises((Refused, Damaged)):
        imported(sealed(lines))


@pytest.mark.parametrize(
    "line",
    [
        {"table": "customers", "key": "61", "value": 1}, {"table": "journal", "key": "61", "value": 1},
        {"table": "meta", "key": "", "value": 1}, {"table": "meta", "key": "61" * 600, "value": 1},
        {"table": "meta", "key": "zz", "value": 1}, {"table": "meta", "key": "61"}, {"table": "meta", "key": 1},
        {"table": "former", "key": "61", "base64": "?"}, {"table": "repeats", "key": "61", "value": {}},
        {"table": "quarantine", "key": "61", "base64": b64encode(b"x").decode()}, {"nothing": 1},
        {"table": "meta", "key": b"schema\0".hex(), "value": 2},
        {"table": "meta", "key": b"id_key\0".hex(), "value": 2},
        {"table": "policies", "key": "0000000000000001", "value": 7},
    ],
)  # fmt: skip
def test_a_row_that_jivod_never_wrote_is_refused_in_words(small: bytes, line: dict[str, Any]) -> None:
    lines = [json.loads(one) for one in small.splitlines()][:-1]
    with pytest.raises((Refused, Damaged)):
        imported(sealed([*lines, line]))


@pytest.mark.parametrize("head", [{"version": 2}, {"version": None}])
def test_another_version_is_refused(small: bytes, head: dict[str, Any]) -> None:
    lines = [json.loads(one) for one in small.splitlines()][:-1]
    with pytest.raises(Refused, match="version"):
        imported(sealed([{**lines[0], **head}, *lines[1:]]))


def test_a_file_says_that_it_is_whole(small: bytes) -> None:
    for data, found in [(small, True), (b'{"jivod":"x"}', False), (b"", False), (b"email\n", False)]:
        file = io.BytesIO(data)
        assert whole.is_whole(file) == found
        assert file.tell() == 0


def test_a_store_is_empty_until_something_came(small: bytes) -> None:
    world = World()
    world.adopt(TYPED_FINDS_NOBODY)
    assert world.ask(whole.is_empty)
    spoiled(world, b"x")
    assert not world.ask(whole.is_empty)
    assert not imported(small).ask(whole.is_empty)


def test_what_is_damaged_is_not_exported() -> None:
    world = World()
    world.tell(accepted(1, email="a@example.com"))
    ((key, record),) = world.ask(lambda txn: list(txn.range(JOURNAL)))
    world.do(lambda txn: txn.put(JOURNAL, key, record[:-1] + b"?"))
    with pytest.raises(Damaged):
        exported(world)
