"""Schema: what the API answers is as its classes describe it, whatever the records hold."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import orjson
import pytest
from attrs import fields, make_class
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow.case import Desk
from jivod.model.chat import Transcript
from jivod.model.reason import Reason
from jivod.policy.rules import DEFAULT
from jivod.policy.survivorship import golden
from jivod.web.api import body
from jivod.web.api.card import card
from jivod.web.api.change import Change, Contacts, Keys, Marks, Newcomer
from jivod.web.api.deeds import Different, Merge, Settle, Unmerge
from jivod.web.api.schema import Schemas
from jivod.web.problem import Stopped
from jivod.wire import rest
from tests.strategies import records
from tests.strategies.bodies import json_values
from tests.strategies.decisions import decisions

DESK = Desk(rules=DEFAULT, public_url="https://crm.example.com", language="en")
REQUESTS = (Change, Newcomer, Merge, Unmerge, Different, Settle)


def schema(kind: Any, *, strict: bool = False) -> dict[str, Any]:
    schemas = Schemas()
    found = schemas.of(kind, strict=strict)
    return {**found, "components": {"schemas": schemas.components}}


def is_valid(kind: Any, value: Any) -> bool:
    plain = orjson.loads(orjson.dumps(value))
    jsonschema_rs.Draft202012Validator(schema(kind)).validate(plain)
    return True


@given(records.customers(), st.lists(records.customers(), max_size=2))
def test_a_card(customer: Any, others: list[Any]) -> None:
    assert is_valid(rest.Card, card(golden(customer, others, DEFAULT), DESK))


@given(records.chats())
def test_a_conversation(row: Any) -> None:
    assert is_valid(rest.ChatRow, rest.chat(row))
    assert is_valid(rest.Conversation, {"customer": row.customer, **rest.transcript(Transcript(chat=row))})


@given(records.reasons(), records.reviews(), decisions())
def test_reasons_reviews_and_decisions(reason: Any, review: Any, decision: Any) -> None:
    assert is_valid(Reason, rest.reason(reason))
    assert is_valid(rest.Decided, rest.decided(7, 8, decision))
    a, b = (golden(evolved, [], DEFAULT) for evolved in (_customer("a"), _customer("b")))
    assert is_valid(rest.OpenReview, rest.doubt(review, a, b, "a", "older", {"name": (("x",), ("y",))}))


@given(records.entries(), records.quarantined())
def test_entries_and_what_could_not_be_read(entry: Any, item: Any) -> None:
    assert is_valid(rest.Line, rest.line(entry, None))
    for whole in (True, False):
        assert is_valid(rest.Refusal, rest.quarantined(item, whole=whole))


@pytest.mark.parametrize("cls", REQUESTS, ids=lambda cls: cls.__name__)
def test_what_is_taken_is_what_is_described(cls: Any) -> None:
    """The reader and the description agree, on any value."""
    validator = jsonschema_rs.Draft202012Validator(schema(cls, strict=True))
    names = [attribute.name for attribute in fields(cls)]
    texts = st.text(st.characters(codec="utf-8"), max_size=3)
    inner = st.fixed_dictionaries(
        {},
        optional={name: st.lists(texts, max_size=2) | texts for name in ("add", "remove", "confirm", "primary", "x")},
    )
    values = st.one_of(
        st.none(), texts, st.booleans(), st.lists(texts, max_size=2), inner, st.dictionaries(texts, texts)
    )
    objects = st.dictionaries(st.sampled_from([*names, "x"]), values, max_size=4)

    @given(objects | json_values(max_leaves=4))
    def agrees(value: Any) -> None:
        try:
            plain = orjson.loads(orjson.dumps(value))
        except (TypeError, orjson.JSONDecodeError):
            return
        try:
            body.structure(plain, cls)
            is_taken = True
        except Stopped:
            is_taken = False
        assert is_taken == validator.is_valid(plain), plain

    agrees()


def test_no_field_is_described_twice() -> None:
    assert {a.name for a in fields(Marks)} < {a.name for a in fields(Keys)} < {a.name for a in fields(Contacts)}


def test_two_shapes_never_share_a_name() -> None:
    """The second would be described as the first."""
    other = make_class("Merge", ["x"])
    for first, second in (({"kind": Merge}, {"kind": other}), ({"kind": Merge}, {"kind": Merge, "strict": True})):
        schemas = Schemas()
        schemas.of(**first)
        schemas.of(**first)
        with pytest.raises(ValueError, match="two shapes are called Merge"):
            schemas.of(**second)


def _customer(id: str) -> Any:
    from jivod.model.customer import Customer

    return Customer(id=id, created_at=1, seen_at=2)
