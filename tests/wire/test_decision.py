"""Decisions as the journal keeps them: what is written is read back, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import attrs
import orjson
import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from jivod.model.contact import EMAIL, PHONE, Key
from jivod.model.decision import (
    Clear,
    Confirm,
    Create,
    Decision,
    Detach,
    Different,
    Edit,
    Erase,
    Merge,
    Primary,
    Retract,
    Shared,
    Unmerge,
)
from jivod.model.errors import Damaged
from jivod.wire import decision as wire
from tests.strategies.bodies import json_values
from tests.strategies.decisions import decisions

MAIL = Key(EMAIL, "a@example.com")

WRITTEN: list[tuple[Decision, str]] = [
    (
        Create(by="Elif", customer="c1", said=(("name", "Ayşe"), ("email", "a@example.com"))),
        '{"anchors":{},"by":"Elif","customer":"c1","decision":"create","said":[["name","Ayşe"],["email","a@example.com"]]}',
    ),
    (
        Edit(by="Elif", anchors={"c1": 7}, customer="c1", attribute="name", value="Ayşe"),
        '{"anchors":{"c1":7},"attribute":"name","by":"Elif","customer":"c1","decision":"edit","settles":false,"value":"Ayşe"}',
    ),
    (
        Clear(by="Elif", customer="c1", attribute="tag"),
        '{"anchors":{},"attribute":"tag","by":"Elif","customer":"c1","decision":"clear","value":""}',
    ),
    (
        Confirm(by="Elif", customer="c1", key=MAIL),
        '{"anchors":{},"by":"Elif","customer":"c1","decision":"confirm","key":{"kind":"email","value":"a@example.com"}}',
    ),
    (
        Primary(by="Elif", customer="c1", key=MAIL),
        '{"anchors":{},"by":"Elif","customer":"c1","decision":"primary","key":{"kind":"email","value":"a@example.com"}}',
    ),
    (
        Retract(by="Elif", customer="c1", of=7, attribute="primary:email", value="a@example.com"),
        '{"anchors":{},"attribute":"primary:email","by":"Elif","customer":"c1","decision":"retract","of":7,"value":"a@example.com"}',
    ),
    (
        Merge(by="Elif", loser="c1", winner="c2"),
        '{"anchors":{},"by":"Elif","decision":"merge","loser":"c1","winner":"c2"}',
    ),
    (
        Unmerge(by="Elif", customers=("c1", "c3"), tree=True, parted=(("c1", "c2"), ("c3", "c2"))),
        '{"anchors":{},"by":"Elif","customers":["c1","c3"],"decision":"unmerge","parted":[["c1","c2"],["c3","c2"]],"tree":true}',
    ),
    (
        Detach(by="Elif", customer="c1", seqs=(4, 5)),
        '{"anchors":{},"by":"Elif","customer":"c1","decision":"detach","seqs":[4,5]}',
    ),
    (
        Different(by="Elif", a="c1", b="c2"),
        '{"a":"c1","anchors":{},"b":"c2","by":"Elif","decision":"different","different":true}',
    ),
    (
        Erase(by="Elif", customers=("c1", "c2"), reason="asked", entries=3),
        '{"anchors":{},"by":"Elif","customers":["c1","c2"],"decision":"erase","entries":3,"marks":[],"reason":"asked"}',
    ),
    (
        Shared(by="Elif", key=Key(PHONE, "+905320000001"), shared=False),
        '{"anchors":{},"by":"Elif","decision":"shared","key":{"kind":"phone","value":"+905320000001"},"shared":false}',
    ),
]
"""One of each kind. A journal is read for ever: what was written once must stay readable."""

MERGE = '"decision":"merge","by":"Elif","loser":"c1","winner":"c2"'


def damaged(body: bytes) -> str:
    with pytest.raises(Damaged) as told:
        wire.read(body)
    return str(told.value)


def plain(decision: Decision) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(wire.write(decision))
    return found


def encode(value: Any) -> bytes:
    """Of any JSON value, lone surrogates and integers of any size too."""
    return json.dumps(value).encode()


@pytest.mark.parametrize(("decision", "body"), WRITTEN, ids=lambda item: type(item).__name__)
def test_each_kind_is_written_and_read_in_this_form(decision: Decision, body: str) -> None:
    assert wire.write(decision).decode() == body
    assert wire.read(body.encode()) == decision


def test_every_kind_has_a_name_of_its_own() -> None:
    names = " ".join(wire.name_of(decision) for decision, _ in WRITTEN)
    assert names == "create edit clear confirm primary retract merge unmerge detach different erase shared"


def test_the_records_that_a_decision_names() -> None:
    named = [wire.ids_of(decision) for decision, _ in WRITTEN]
    assert named == [*[("c1",)] * 6, ("c1", "c2"), ("c1", "c3", "c2"), ("c1",), ("c1", "c2"), ("c1", "c2"), ()]


def test_an_unmerge_that_does_not_say_what_it_parted_is_read() -> None:
    body = b'{"anchors":{},"by":"Elif","customers":["c1"],"decision":"unmerge","tree":false}'
    assert wire.read(body) == Unmerge(by="Elif", customers=("c1",))


@pytest.mark.parametrize("parted", ['[["c1"]]', '[["c1","c2","c3"]]', '["c1"]', "[[1,2]]"])
def test_what_was_parted_are_pairs(parted: str) -> None:
    damaged(f'{{"by":"Elif","customers":["c1"],"decision":"unmerge","parted":{parted}}}'.encode())


@given(decisions())
def test_every_decision_is_read_back_as_it_was_written(decision: Decision) -> None:
    again = wire.read(wire.write(decision))
    assert again == decision
    assert type(again) is type(decision)


@given(decisions(), st.data())
def test_equal_decisions_make_equal_bytes(decision: Decision, data: st.DataObject) -> None:
    anchors = dict(data.draw(st.permutations(sorted(decision.anchors.items()))))
    assert wire.write(evolve(decision, anchors=anchors)) == wire.write(decision)


@given(decisions())
def test_every_record_that_a_decision_names_stands_in_its_body(decision: Decision) -> None:
    body = wire.write(decision).decode()
    assert all(f'"{id}"' in body for id in wire.ids_of(decision))


@given(decisions(), st.data())
def test_the_order_of_the_fields_does_not_matter(decision: Decision, data: st.DataObject) -> None:
    fields = data.draw(st.permutations(list(plain(decision).items())))
    assert wire.read(orjson.dumps(dict(fields))) == decision


@pytest.mark.parametrize(
    ("body", "decision"),
    [
        (f"{{{MERGE}}}", Merge(by="Elif", loser="c1", winner="c2")),
        (
            '{"decision":"edit","by":"Elif","customer":"c1","attribute":"name","value":"Ayşe"}',
            Edit(by="Elif", customer="c1", attribute="name", value="Ayşe"),
        ),
        ('{"decision":"unmerge","by":"Elif","customers":["c1"]}', Unmerge(by="Elif", customers=("c1",))),
        ('{"decision":"different","by":"Elif","a":"c1","b":"c2"}', Different(by="Elif", a="c1", b="c2")),
    ],
)
def test_a_field_that_has_a_default_may_be_absent(body: str, decision: Decision) -> None:
    assert wire.read(body.encode()) == decision


@given(st.binary(max_size=40) | json_values().map(encode))
@example(b"")
@example(b"null")
@example(b'"merge"')
@example(b'["decision"]')
@example(b"{}")
@example(b"[" * 5000)
def test_whatever_is_no_decision_is_damage(body: bytes) -> None:
    damaged(body)


@given(name=json_values(), fields=st.dictionaries(st.text(max_size=4), json_values(max_leaves=3), max_size=3))
@example(name="merge", fields={})
@example(name="Merge", fields={"by": "Elif", "loser": "c1", "winner": "c2"})
@example(name=["merge"], fields={"by": "Elif", "loser": "c1", "winner": "c2"})
def test_an_object_with_a_name_alone_is_no_decision(name: Any, fields: dict[str, Any]) -> None:
    damaged(encode({**fields, "decision": name}))


@given(decisions(), st.data())
def test_a_field_of_another_type_is_damage(decision: Decision, data: st.DataObject) -> None:
    fields = plain(decision)
    name = data.draw(st.sampled_from(sorted(fields)))
    fields[name] = data.draw(json_values(max_leaves=4).filter(lambda value: type(value) is not type(fields[name])))
    damaged(encode(fields))


@given(decisions(), st.text(max_size=8), json_values(max_leaves=3))
def test_a_field_more_than_there_are_is_damage(decision: Decision, name: str, value: Any) -> None:
    fields = plain(decision)
    if name not in fields:
        damaged(encode({**fields, name: value}))


@given(decisions(), st.data())
def test_a_field_less_than_there_must_be_is_damage(decision: Decision, data: st.DataObject) -> None:
    fields = plain(decision)
    needed = ["decision", *(a.name for a in attrs.fields(type(decision)) if a.default is attrs.NOTHING)]
    del fields[data.draw(st.sampled_from(needed))]
    damaged(encode(fields))


@given(decisions(), st.data())
def test_a_body_cut_short_is_damage(decision: Decision, data: st.DataObject) -> None:
    body = wire.write(decision)
    damaged(body[: data.draw(st.integers(0, len(body) - 1))])


@pytest.mark.parametrize(
    "body",
    [
        '{"decision":"unmerge","by":"Elif","customers":"c1"}',
        '{"decision":"unmerge","by":"Elif","customers":{"c1":1}}',
        '{"decision":"unmerge","by":"Elif","customers":["c1",2]}',
        '{"decision":"unmerge","by":"Elif","customers":["c1"],"tree":1}',
        '{"decision":"detach","by":"Elif","customer":"c1","seqs":["4"]}',
        '{"decision":"detach","by":"Elif","customer":"c1","seqs":[true]}',
        '{"decision":"detach","by":"Elif","customer":"c1","seqs":[4.0]}',
        '{"decision":"detach","by":"Elif","customer":"c1","seqs":[18446744073709551616]}',
        '{"decision":"shared","by":"Elif","key":["email","a@example.com"]}',
        '{"decision":"shared","by":"Elif","key":{"kind":"email"}}',
        '{"decision":"shared","by":"Elif","key":{"kind":"email","value":"a@example.com","raw":""}}',
        f'{{{MERGE},"anchors":[]}}',
        f'{{{MERGE},"anchors":{{"c1":"7"}}}}',
        f'{{{MERGE},"anchors":null}}',
        f"{{{MERGE}}} ,",
        f"{{{MERGE.replace('Elif', chr(92) + 'ud800')}}}",
    ],
)
def test_a_value_that_only_looks_right_is_damage(body: str) -> None:
    damaged(body.encode())


def test_damage_is_told_without_the_content() -> None:
    said = damaged(b'{"decision":"merge","by":"Elif","loser":"c1","winner":5,"note":"a@example.com"}')
    assert said == "table journal: a decision cannot be read; restore from a backup"


@pytest.mark.parametrize("by", ["\ud800", "a\udfff"])
def test_text_that_is_no_text_is_not_written(by: str) -> None:
    with pytest.raises(TypeError):
        wire.write(Merge(by=by, loser="c1", winner="c2"))
