"""Conditional: nobody overwrites what he has not seen."""

from __future__ import annotations

import pytest

from jivod.store import journal
from tests.web.api.counter import Counter, accepted


def test_of_two_who_change_the_same_state_the_second_is_told(counter: Counter) -> None:
    id = counter.enter(name="Elif")["id"]
    seen = counter.ask("GET", f"/customers/{id}").headers["ETag"]
    first = counter.ask("PATCH", f"/customers/{id}", {"name": "Elif A"}, If_Match=seen)
    second = counter.ask("PATCH", f"/customers/{id}", {"name": "Elif B"}, If_Match=seen)
    assert (first.status, second.status, second.json["code"]) == (200, 412, "changed")
    assert counter.get(f"/customers/{id}")["name"] == "Elif A"
    again = counter.ask("PATCH", f"/customers/{id}", {"name": "Elif B"}, If_Match=first.headers["ETag"])
    assert (again.status, again.json["name"]) == (200, "Elif B")


def test_a_conversation_that_came_between_is_a_change_too(counter: Counter) -> None:
    made = counter.ask("POST", "/customers", {"emails": ["a@example.com"]})
    counter.tell(accepted(1, email="a@example.com", name="Anna"))
    path = f"/customers/{made.json['id']}"
    assert counter.ask("PATCH", path, {"name": "B"}, If_Match=made.headers["ETag"]).status == 412


def test_a_change_must_name_the_state_it_is_of(counter: Counter) -> None:
    id = counter.enter(name="Elif")["id"]
    reply = counter.ask("PATCH", f"/customers/{id}", {"name": "B"})
    assert (reply.status, reply.json["code"]) == (428, "if_match_needed")
    assert counter.shop.engine.read(journal.last) == 1


@pytest.mark.parametrize("verb", ["merge", "unmerge", "settle", "different"])
def test_a_decision_may_name_it(full: Counter, verb: str) -> None:
    a, b = (one["id"] for one in full.get("/customers?limit=2")["items"])
    body = {
        "merge": {"into": b},
        "unmerge": {},
        "settle": {"attribute": "name", "value": "x"},
        "different": {"other": b},
    }
    reply = full.ask("POST", f"/customers/{a}/{verb}", body[verb], If_Match='"old"')
    assert reply.status == 412
    assert full.ask("POST", f"/customers/{a}/{verb}", body[verb], If_Match="*").status in (200, 409)


@pytest.mark.parametrize(("method", "name"), [("PATCH", "If-Match"), ("GET", "If-None-Match")])
def test_a_header_that_cannot_be_read_is_said(counter: Counter, method: str, name: str) -> None:
    id = counter.enter(name="Elif")["id"]
    for value in ("", "x", '"a', '"a" "b"', '"a",', "*, *", '"a\tb"', ", ".join(['"a"'] * 21)):
        body = {"name": "B"} if method == "PATCH" else None
        reply = counter.ask(method, f"/customers/{id}", body, **{name: value})
        assert (reply.status, reply.json["errors"][0]["header"]) == (400, name), value


@pytest.mark.parametrize(("wanted", "status"), [("{}", 200), ('"x", {}', 200), ('"x"', 412), ("W/{}", 412), ("*", 200)])
def test_of_several_states_one_must_be_it(counter: Counter, wanted: str, status: int) -> None:
    made = counter.ask("POST", "/customers", {"name": "Elif"})
    tag = wanted.format(made.headers["ETag"])
    assert counter.ask("PATCH", f"/customers/{made.json['id']}", {"name": "B"}, If_Match=tag).status == status


def test_who_knows_the_state_gets_nothing_more(counter: Counter) -> None:
    made = counter.ask("POST", "/customers", {"name": "Elif"})
    path, tag = f"/customers/{made.json['id']}", made.headers["ETag"]
    reply = counter.ask("GET", path, If_None_Match=tag)
    assert (reply.status, reply.body, reply.headers["ETag"]) == (304, b"", tag)
    counter.ask("PATCH", path, {"name": "B"}, If_Match="*")
    assert counter.ask("GET", path, If_None_Match=tag).status == 200


def test_who_only_reads_needs_to_know_nothing(counter: Counter) -> None:
    id = counter.enter(name="Elif")["id"]
    for rest in ("", "/chats", "/history"):
        assert counter.ask("GET", f"/customers/{id}{rest}", If_Match='"old"').status == 200
