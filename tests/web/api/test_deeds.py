"""Deeds by the API: each is a decision under the token's name, and may be undone."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.store import journal
from tests.web.api.counter import TOKENS, Counter, accepted


def three(counter: Counter) -> list[str]:
    return [counter.enter(name=name)["id"] for name in "ABC"]


def test_a_merge_and_its_undo(counter: Counter) -> None:
    a, b, _ = three(counter)
    reply = counter.ask("POST", f"/customers/{a}/merge", {"into": b}, token=TOKENS["write"])
    assert reply.status == 200
    assert (reply.json["decision"]["kind"], reply.json["decision"]["by"]) == ("merge", "write")
    assert [card["id"] for card in reply.json["customers"]] == [b]
    assert reply.json["customers"][0]["merged"] == [a]
    undone = counter.ask("POST", f"/customers/{a}/unmerge", {})
    assert [card["id"] for card in undone.json["customers"]] == [a, b]
    assert counter.is_sound()


def test_a_tree_is_taken_apart(counter: Counter) -> None:
    a, b, c = three(counter)
    for one in (a, b):
        counter.ask("POST", f"/customers/{one}/merge", {"into": c})
    assert counter.ask("POST", f"/customers/{c}/unmerge", {}).status == 409
    reply = counter.ask("POST", f"/customers/{c}/unmerge", {"tree": True})
    assert {card["id"] for card in reply.json["customers"]} == {a, b, c}


def test_a_review_is_answered_either_way(full: Counter) -> None:
    (review,) = full.get("/reviews")["items"]
    a, b = review["a"]["id"], review["b"]["id"]
    assert review["winner"] in (a, b)
    assert full.ask("POST", f"/customers/{a}/different", {"other": b}).status == 200
    assert full.get("/reviews")["items"] == []
    assert full.ask("POST", f"/customers/{a}/merge", {"into": b}).status == 409
    assert full.ask("POST", f"/customers/{a}/different", {"other": b, "different": False}).status == 200
    assert full.ask("POST", f"/customers/{a}/merge", {"into": b}).status == 200
    assert full.is_sound()


def test_a_merge_that_was_undone_is_done_again_only_by_who_says_that_the_two_may_be_one(full: Counter) -> None:
    (review,) = full.get("/reviews")["items"]
    a, b = review["a"]["id"], review["b"]["id"]
    merged = full.ask("POST", f"/customers/{a}/merge", {"into": b}).json["decision"]["entry"]
    assert full.ask("POST", f"/customers/{b}/undo", {"entry": merged}).status == 200
    reply = full.ask("POST", f"/customers/{a}/merge", {"into": b})
    assert (reply.status, "or undid their merge; `jivod different" in reply.body.decode()) == (409, True)
    assert full.ask("POST", f"/customers/{a}/different", {"other": b, "different": False}).status == 200
    assert full.ask("POST", f"/customers/{a}/merge", {"into": b}).status == 200
    assert full.is_sound()


def test_a_contested_value_is_settled(counter: Counter) -> None:
    counter.tell(accepted(1, email="a@example.com", name="Anna"))
    counter.tell(accepted(2, email="a@example.com", name="Anne"))
    (card,) = counter.get("/customers")["items"]
    assert [one["value"] for one in card["contested"]] == ["Anne"]
    reply = counter.ask("POST", f"/customers/{card['id']}/settle", {"attribute": "name", "value": "Anne"})
    assert reply.status == 200
    (settled,) = reply.json["customers"]
    assert (settled["name"], settled["contested"]) == ("Anne", [])


def test_what_was_settled_is_undone_and_that_too(counter: Counter) -> None:
    counter.tell(accepted(1, email="a@example.com", name="Anna"))
    counter.tell(accepted(2, email="a@example.com", name="Anne"))
    (before,) = counter.get("/customers")["items"]
    done = counter.ask("POST", f"/customers/{before['id']}/settle", {"attribute": "name", "value": "Anne"}).json
    undo = {"entry": done["decision"]["entry"]}
    reply = counter.ask("POST", f"/customers/{before['id']}/undo", undo, token=TOKENS["write"])
    assert reply.status == 200
    told = reply.json["decision"]
    assert (told["kind"], told["of"], told["by"]) == ("retract", done["decision"]["entry"], "write")
    (card,) = reply.json["customers"]
    assert {**card, "etag": before.get("etag")} == {**before, "etag": before.get("etag")}
    assert counter.ask("POST", f"/customers/{before['id']}/undo", undo).status == 409
    again = counter.ask("POST", f"/customers/{before['id']}/undo", {"entry": told["entry"]}).json
    assert again["customers"][0]["name"] == "Anne"
    assert counter.ask("POST", f"/customers/{before['id']}/undo", undo, token=TOKENS["read"]).status == 403
    assert counter.is_sound()


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("undo", {"entry": 1}, 409),
        ("undo", {"entry": 9999}, 409),
        ("undo", {"entry": 0}, 400),
        ("undo", {"entry": 2**63}, 400),
        ("undo", {"entry": "1"}, 400),
        ("undo", {}, 400),
        ("merge", {"into": "nobody"}, 422),
        ("merge", {"into": "{a}"}, 409),
        ("merge", {}, 400),
        ("merge", {"into": ""}, 400),
        ("merge", {"into": "x" * 201}, 400),
        ("merge", {"into": 5}, 400),
        ("merge", {"into": "{b}", "by": "somebody"}, 400),
        ("unmerge", {}, 409),
        ("unmerge", {"tree": "yes"}, 400),
        ("different", {"other": "nobody"}, 422),
        ("different", {"other": "{a}"}, 409),
        ("different", {"other": "{b}", "different": False}, 409),
        ("settle", {"attribute": "name", "value": "x"}, 409),
        ("settle", {"attribute": "nonsense", "value": "x"}, 409),
        ("settle", {"attribute": "name"}, 400),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(counter: Counter, verb: str, body: Any, status: int) -> None:
    a, b, _ = three(counter)
    filled = {name: value.format(a=a, b=b) if isinstance(value, str) else value for name, value in body.items()}
    reply = counter.ask("POST", f"/customers/{a}/{verb}", filled)
    assert reply.status == status, reply.body
    assert counter.shop.engine.read(journal.last) == 3


def test_an_answer_shows_a_few_of_many(counter: Counter) -> None:
    root = counter.enter(name="Root")["id"]
    for n in range(15):
        counter.ask("POST", f"/customers/{counter.enter(name=str(n))['id']}/merge", {"into": root})
    reply = counter.ask("POST", f"/customers/{root}/unmerge", {"tree": True})
    assert len(reply.json["decision"]["parted"]) == 15
    assert len(reply.json["customers"]) == 10


def test_a_note_is_kept_under_the_token_s_name_and_told_in_the_history(counter: Counter) -> None:
    id = counter.enter(name="A")["id"]
    reply = counter.ask("POST", f"/customers/{id}/notes", {"text": "Calls back on Monday."}, token=TOKENS["write"])
    assert (reply.status, reply.json["decision"]["kind"], reply.json["decision"]["by"]) == (200, "note", "write")
    told = counter.get(f"/customers/{id}/history")["items"][-1]["decision"]
    assert told["text"] == "Calls back on Monday."
    assert counter.is_sound()


@pytest.mark.parametrize(("body", "status"), [({}, 400), ({"text": ""}, 400), ({"text": " "}, 422), ({"text": 1}, 400)])
def test_what_is_no_note_is_refused(counter: Counter, body: dict[str, Any], status: int) -> None:
    id = counter.enter(name="A")["id"]
    assert counter.ask("POST", f"/customers/{id}/notes", body).status == status
    assert counter.ask("POST", "/customers/nobody/notes", {"text": "x"}).status == 404
