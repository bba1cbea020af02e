"""What goes in comes out, and what was changed on the way never does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import Damaged
from jivod.store import (
    cards,
    chats,
    codec,
    customers,
    different,
    edges,
    fingerprints,
    former,
    journal,
    policies,
    quarantine,
    reasons,
    reviews,
    shared,
)
from tests.strategies import records

Coder = tuple[st.SearchStrategy[Any], Callable[[Any], bytes], Callable[[bytes], Any]]

CODERS: dict[str, Coder] = {
    "cards": (records.cards(), cards.encode, cards.decode),
    "chats": (records.chats(), chats.encode, chats.decode),
    "customers": (records.customers(), customers.encode, customers.decode),
    "different": (records.differences(), different.encode, different.decode),
    "edges": (records.edges(), edges.encode, edges.decode),
    "fingerprints": (records.SEQS, codec.encode, fingerprints.decode),
    "former": (st.tuples(records.IDS, records.SEQS), former.encode, former.decode),
    "journal": (records.entries(), journal.encode, journal.decode),
    "policies": (records.TEXTS, policies.encode, policies.decode),
    "quarantine": (records.quarantined(), quarantine.encode, quarantine.decode),
    "reasons": (records.reasons(), reasons.encode, reasons.decode),
    "reviews": (records.reviews(), reviews.encode, reviews.decode),
    "shared": (records.words(), shared.encode, shared.decode),
}

FITTING = {"fingerprints": 7, "policies": "text"}
"""Tables whose records are so plain that a value below is one."""


@given(st.data(), st.sampled_from(sorted(CODERS)))
def test_a_record_decodes_to_what_was_encoded(data: st.DataObject, table: str) -> None:
    strategy, encode, decode = CODERS[table]
    record = data.draw(strategy)
    assert decode(encode(record)) == record


@given(st.data(), st.sampled_from(sorted(CODERS)))
def test_a_flipped_bit_anywhere_in_a_record_is_damage_of_its_table(data: st.DataObject, table: str) -> None:
    strategy, encode, decode = CODERS[table]
    record = bytearray(encode(data.draw(strategy)))
    record[data.draw(st.integers(0, len(record) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Damaged, match=table):
        decode(bytes(record))


@given(st.data(), st.sampled_from(sorted(CODERS)))
def test_a_record_cut_short_is_damaged(data: st.DataObject, table: str) -> None:
    strategy, encode, decode = CODERS[table]
    record = encode(data.draw(strategy))
    with pytest.raises(Damaged):
        decode(record[: data.draw(st.integers(0, len(record) - 1))])


@given(row=st.sampled_from([None, 7, "text", [], ["a"], {"a": 1}, [[]] * 9]), table=st.sampled_from(sorted(CODERS)))
def test_a_whole_record_of_a_wrong_shape_is_damaged(row: Any, table: str) -> None:
    if row is None or FITTING.get(table) != row:
        with pytest.raises(Damaged, match="cannot be decoded"):
            CODERS[table][2](codec.encode(row))


@given(st.binary(max_size=30), st.lists(st.integers(0, 9) | st.none() | records.texts(), max_size=3))
def test_a_body_is_kept_byte_for_byte_behind_its_header(body: bytes, header: list[Any]) -> None:
    record = codec.encode_body(header, body)
    assert codec.decode_body("journal", record, lambda *parts: parts) == (header, body)


def test_a_record_of_another_version_is_refused_though_its_checksum_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    record = codec.encode(["a"])
    monkeypatch.setattr(codec, "VERSION", 2)
    monkeypatch.setattr(codec, "_MARK", b"\x02")
    with pytest.raises(Damaged):
        codec.unseal("chats", record)


def test_a_row_that_is_all_in_its_key_has_no_value() -> None:
    codec.decode_nothing("merges", b"")
    with pytest.raises(Damaged, match="a row of table merges has a value"):
        codec.decode_nothing("merges", b"x")


def test_damage_is_told_without_the_content() -> None:
    record = bytearray(codec.encode(["a@example.com"]))
    record[-3] ^= 1
    with pytest.raises(Damaged) as told:
        codec.unseal("customers", bytes(record))
    assert str(told.value) == "a record of table customers fails its checksum"


def test_text_that_is_no_text_cannot_be_encoded() -> None:
    with pytest.raises(TypeError):
        codec.encode(["\ud800"])
