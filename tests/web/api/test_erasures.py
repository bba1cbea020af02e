"""Erasures: asked for by an admin, of the customer as he knows him, once; done by another process."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from jivod.flow import errands
from jivod.model.audit import BEGUN, DENIED, DONE, ERASED, READ
from jivod.store import erased
from jivod.store import errands as kept
from tests.web.api.counter import API, TOKENS, Counter
from tests.web.api.test_audit import records
from tests.web.shop import NOW

WHY = {"reason": "asked by letter 17"}


@pytest.fixture
def id(full: Counter) -> str:
    return str(full.get("/customers?q=ayse@example.com")["items"][0]["id"])


def test_it_waits_for_its_turn_and_the_answer_says_where_to_look(full: Counter, id: str) -> None:
    reply = full.ask("POST", f"/customers/{id}/erase", WHY)
    assert reply.status == 202
    assert reply.headers["Location"] == f"{API}/erasures/{reply.json['id']}"
    assert reply.json == full.get(f"/erasures/{reply.json['id']}")
    assert reply.json == {
        "id": reply.json["id"], "state": "waiting", "by": "admin", "asked_at": NOW, "ended_at": None, "customer": id,
        "records": None, "entries": None, "quarantined": None, "entry": None, "error": None,
    }  # fmt: skip
    assert full.shop.porter.looked == [reply.json["id"]]
    assert full.get(f"/customers/{id}")["id"] == id  # until it is done
    assert full.is_sound()


def test_it_is_on_record_and_so_is_who_looks_at_it(full: Counter, id: str) -> None:
    before = len(records(full))
    reply = full.ask("POST", f"/customers/{id}/erase", WHY)
    full.get(f"/erasures/{reply.json['id']}")
    assert full.ask("POST", f"/customers/{id}/erase", WHY, token=TOKENS["write"]).status == 403
    assert [(one.by, one.action, one.verb, one.result, one.customers) for one in records(full)[before:]] == [
        ("admin", ERASED, "erasures_ask_for", BEGUN, (id,)),
        ("admin", ERASED, "erasures_ask_for", DONE, (id,)),
        ("admin", READ, "erasures_read", DONE, (id,)),
        ("write", ERASED, "erasures_ask_for", DENIED, ()),
    ]


def test_who_asks_twice_is_told_of_the_first(full: Counter, id: str) -> None:
    first, again = [full.ask("POST", f"/customers/{id}/erase", WHY).json for _ in range(2)]
    assert first == again
    assert len(full.shop.engine.read(kept.listed)) == 1


def test_what_came_of_it_is_shown(full: Counter, id: str) -> None:
    asked = full.ask("POST", f"/customers/{id}/erase", WHY).json["id"]
    told = {"customer": id, "records": 1, "entries": 2, "quarantined": 0, "entry": 6}

    def finish(txn: Any) -> None:
        running = errands.take_up(txn, (), NOW)
        assert running is not None
        errands.end(txn, evolve(running, told=told), NOW + 5)

    full.do(finish)
    shown = full.get(f"/erasures/{asked}")
    assert {name: shown[name] for name in told} == told
    assert (shown["state"], shown["ended_at"]) == ("done", NOW + 5)
    assert full.ask("GET", f"/imports/{asked}").status == 404


def test_whose_id_is_asked_for_is_told_whether_he_was_erased_or_never_was(full: Counter) -> None:
    gone, never = "01m8fcwjhk1anzjkzgffw0f80z", "01m8fcwjhk1anzjkzgffw0f81a"
    full.do(lambda txn: erased.put(txn, gone, 6))
    replies = [full.ask("GET", f"/customers/{id}") for id in (gone, never)]
    assert [(reply.status, reply.json["code"]) for reply in replies] == [(404, "no_customer")] * 2
    told = [reply.json["detail"] for reply in replies]
    assert told == [
        "The customer of this id was erased by decision #6; nothing is left to show.",
        "There is no customer of this id.",
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"reason": ""}, 400), ({"reason": " "}, 422), ({"reason": "\0"}, 422), ({"reason": "x" * 501}, 400),
     ({"reason": 1}, 400), ({**WHY, "x": 1}, 400)],
)  # fmt: skip
def test_without_a_reason_nothing_is_asked_for(full: Counter, id: str, body: Any, status: int) -> None:
    before = full.rows()
    assert full.ask("POST", f"/customers/{id}/erase", body).status == status
    assert full.rows() == before


def test_a_customer_that_has_changed_is_looked_at_again(full: Counter, id: str) -> None:
    tag = full.ask("GET", f"/customers/{id}").headers["ETag"]
    assert full.ask("POST", f"/customers/{id}/erase", WHY, If_Match='"another"').status == 412
    assert full.ask("POST", f"/customers/{id}/erase", WHY, If_Match=tag).status == 202
    assert full.ask("POST", "/customers/nobody/erase", WHY).status == 404
    assert full.ask("POST", f"/customers/{id}/erase", WHY, token=TOKENS["write"]).status == 403
    assert full.ask("GET", "/erasures/x").json["code"] == "no_erasure"
