"""Customers by the API: found by any spelling, entered, read, changed whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.model.decision import Create
from jivod.store import journal
from jivod.wire import decision as wire
from tests.web.api.counter import TOKENS, Counter, accepted
from tests.web.shop import NOW


def names(page: Any) -> list[str]:
    return [one["name"] for one in page["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ayse@example.com", ["Ayşe"]),
        ("q=AYSE@Example.com", ["Ayşe"]),
        ("email=ayse@EXAMPLE.com", ["Ayşe"]),
        ("q=0532%20000%2000%2001", ["Ayşe", "Deniz"]),
        ("phone=%2B905320000001", ["Ayşe", "Deniz"]),
        ("phone=05320000001", ["Ayşe", "Deniz"]),
        ("q=ay%C5%9Fe", ["Ayşe"]),
        ("q=7", ["Ayşe"]),
        ("phone=ayse@example.com", []),
        ("email=05320000001", []),
        ("email=nonsense", []),
        ("id=Deniz", []),
        ("", ["Mehmet", "Deniz", "Ayşe"]),
    ],
)
def test_a_customer_is_found_by_whatever_is_known(full: Counter, query: str, found: list[str]) -> None:
    page = full.get(f"/customers?{query}")
    assert (sorted(names(page)), page["next"]) == (sorted(found), None)


def test_he_is_found_by_his_old_id_too(full: Counter) -> None:
    a, b = (full.get(f"/customers?email={name}@example.com")["items"][0]["id"] for name in ("ayse", "deniz"))
    full.ask("POST", f"/customers/{a}/merge", {"into": b})
    for query in (f"id={a}", f"q={a}"):
        assert [one["id"] for one in full.get(f"/customers?{query}")["items"]] == [b]
    reply = full.ask("GET", f"/customers/{a}")
    assert (reply.json["id"], reply.headers["Content-Location"]) == (b, f"/api/v1/customers/{b}")


@pytest.mark.parametrize("query", ["", "q=many"])
def test_pages_give_each_customer_once(counter: Counter, query: str) -> None:
    ids = {counter.enter(name=f"Many {n}")["id"] for n in range(7)}
    seen, cursor = [], ""
    while cursor is not None:
        page = counter.get(f"/customers?{query}&limit=3" + (f"&cursor={cursor}" if cursor else ""))
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert len(seen) == 7 and set(seen) == ids


def test_a_new_customer_is_a_decision_with_who_and_when(counter: Counter) -> None:
    reply = counter.ask(
        "POST",
        "/customers",
        {"name": "Elif", "emails": ["elif@example.com"], "phones": ["0532 000 00 09"], "attributes": {"Plan": "gold"}},
        token=TOKENS["write"],
    )
    card = reply.json
    assert (reply.status, reply.headers["Location"]) == (201, f"/api/v1/customers/{card['id']}")
    assert (card["name"], card["phones"], card["attributes"]) == ("Elif", ["+905320000009"], {"Plan": "gold"})
    assert card["crm_link"] == f"https://crm.example.com/customers/{card['id']}"
    (entry,) = counter.shop.journal()
    made = wire.read(entry.body)
    assert isinstance(made, Create)
    assert (made.by, entry.received_at, made.customer) == ("write", NOW, card["id"])
    assert counter.get(f"/customers/{card['id']}") == card
    counter.tell(accepted(1, phone="+905320000009"))
    assert counter.get(f"/customers/{card['id']}")["chats"] == 1
    assert counter.is_sound()


def test_whoever_shares_a_contact_is_a_review(full: Counter) -> None:
    new = full.enter(name="A.", emails=["mehmet@example.com"])
    pairs = [{one["a"]["id"], one["b"]["id"]} for one in full.get("/reviews")["items"]]
    assert any(new["id"] in pair for pair in pairs)


@pytest.mark.parametrize(
    "change", [{"emails": {"add": ["mehmet@example.com"]}}, {"phones": {"add": ["+905320000003"]}}]
)
def test_so_is_whoever_is_given_what_another_one_has(full: Counter, change: dict[str, Any]) -> None:
    full.tell(accepted(3, email="mehmet@example.com", phone="+905320000003"))
    (mehmet,) = full.get("/customers?email=mehmet@example.com")["items"]
    new = full.enter(name="A.")
    assert full.ask("PATCH", f"/customers/{new['id']}", change, If_Match="*").status == 200
    pairs = [{one["a"]["id"], one["b"]["id"]} for one in full.get("/reviews")["items"]]
    assert {mehmet["id"], new["id"]} in pairs
    assert full.is_sound()


@pytest.mark.parametrize(
    ("body", "status", "places"),
    [
        ({}, 422, [""]),
        ({"emails": ["nobody"], "phones": ["x"]}, 422, ["/emails/0", "/phones/0"]),
        ({"emails": ["a@example.com", "b@example.com, c@example.com"]}, 422, ["/emails/1"]),
        ({"attributes": {"a/b~": "\0"}}, 422, ["/attributes/a~1b~0"]),
        ({"name": "\0"}, 422, ["/name"]),
        ({"name": " "}, 422, ["/name"]),
        ({"name": ""}, 400, ["/name"]),
        ({"name": 5}, 400, ["/name"]),
        ({"name": "x" * 8193}, 400, ["/name"]),
        ({"id": "x", "name": "a"}, 400, ["/id"]),
        ({"verified": True}, 400, ["/verified"]),
        ({"nonsense": 1, "other": 2}, 400, ["/nonsense", "/other"]),
        ({"emails": "a@example.com"}, 400, ["/emails"]),
        ({"emails": ["a@example.com", 5]}, 400, ["/emails/1"]),
        ({"emails": {"0": "a"}}, 400, ["/emails"]),
        ({"emails": ["a@example.com"] * 21}, 400, ["/emails"]),
        ({"attributes": []}, 400, ["/attributes"]),
        ({"attributes": {"a": None}}, 400, ["/attributes/a"]),
        ({"attributes": {"": "x"}}, 400, ["/attributes"]),
        ([], 400, [""]),
        ("name", 400, [""]),
        (None, 415, []),
        (b"", 400, []),
        (b"{", 400, []),
        (b'{"name":"\xff"}', 400, []),
        (b'{"name":"\\ud800"}', 400, []),
        (b"[" * 30_000, 400, []),
        (b'{"name":NaN}', 400, []),
    ],
)
def test_what_is_wrong_is_said_with_its_place(counter: Counter, body: Any, status: int, places: list[str]) -> None:
    reply = counter.ask("POST", "/customers", body)
    assert reply.status == status, reply.body
    problem = reply.json
    assert reply.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert (problem["status"], problem["type"]) == (status, f"urn:jivod:problem:{problem['code']}")
    assert [error["pointer"] for error in problem.get("errors", [])] == places
    assert counter.shop.engine.read(journal.last) == 0


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json; charset=latin-1", ""])
def test_a_body_that_is_not_called_json_is_refused(counter: Counter, kind: str) -> None:
    assert counter.ask("POST", "/customers", {"name": "a"}, Content_Type=kind).status == 415


def test_a_compressed_body_is_refused(counter: Counter) -> None:
    assert counter.ask("POST", "/customers", {"name": "a"}, Content_Encoding="gzip").status == 415


@pytest.mark.parametrize("id", ["nobody", "..%2f..", "%2e%2e", "%00", "x" * 5000, "%F0%9F%98%80"])
def test_an_id_that_was_never_given_out_is_not_found(full: Counter, id: str) -> None:
    for method, rest, body in (("GET", "", None), ("PATCH", "", {"name": "a"}), ("GET", "/chats", None)):
        assert full.ask(method, f"/customers/{id}{rest}", body, If_Match="*").status == 404


# Change


def test_all_of_a_change_is_done_each_part_a_decision(counter: Counter) -> None:
    card = counter.enter(name="Elif", emails=["a@example.com", "b@example.com"], tags=["old"], attributes={"Plan": "x"})
    change = {
        "name": "Elif Su",
        "status": "vip",
        "attributes": {"Plan": None, "City": "Ankara"},
        "emails": {"add": ["c@example.com"], "remove": ["A@example.com"], "primary": "c@example.com"},
        "phones": {"add": ["0532 000 00 05"], "confirm": ["05320000005"]},
        "tags": {"add": ["new"], "remove": ["old"]},
    }
    reply = counter.ask("PATCH", f"/customers/{card['id']}", change, If_Match="*")
    assert reply.status == 200, reply.body
    new = reply.json
    assert (new["name"], new["emails"]) == ("Elif Su", ["c@example.com", "b@example.com"])
    assert (new["attributes"], new["tags"]) == ({"status": "vip", "City": "Ankara"}, ["new"])
    assert new["phones"] == ["+905320000005"]
    kinds = [one["decision"]["kind"] for one in counter.get(f"/customers/{card['id']}/history")["items"]]
    assert kinds == [
        "create",
        "edit",
        "edit",
        "clear",
        "edit",
        "clear",
        "clear",
        "edit",
        "edit",
        "edit",
        "confirm",
        "primary",
    ]
    assert counter.is_sound()


def test_a_change_of_which_one_part_cannot_be_is_not_done_at_all(counter: Counter) -> None:
    card = counter.enter(name="Elif", emails=["a@example.com"])
    before = counter.shop.engine.read(journal.last)
    change = {"name": "Other", "emails": {"add": ["b@example.com", "nobody"]}}
    reply = counter.ask("PATCH", f"/customers/{card['id']}", change, If_Match="*")
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "/emails/add/1")
    assert counter.shop.engine.read(journal.last) == before
    assert counter.get(f"/customers/{card['id']}") == card


@pytest.mark.parametrize("change", [{}, {"description": None}, {"attributes": {"Nothing": None}}, {"tags": {}}])
def test_a_change_that_changes_nothing_leaves_no_trace(counter: Counter, change: Any) -> None:
    card = counter.enter(name="Elif")
    reply = counter.ask("PATCH", f"/customers/{card['id']}", change, If_Match="*")
    assert (reply.status, reply.json) == (200, card)
    assert counter.shop.engine.read(journal.last) == 1


@pytest.mark.parametrize(
    ("change", "status", "place"),
    [
        ({"verified": True}, 400, "/verified"),
        ({"id": "x"}, 400, "/id"),
        ({"level": 3}, 400, "/level"),
        ({"crm_link": "x"}, 400, "/crm_link"),
        ({"emails": ["a@example.com"]}, 400, "/emails"),
        ({"emails": {"plus": ["a@example.com"]}}, 400, "/emails/plus"),
        ({"emails": None}, 400, "/emails"),
        ({"tags": {"confirm": ["x"]}}, 400, "/tags/confirm"),
        ({"emails": {"remove": ["nobody@example.com"]}}, 422, "/emails/remove/0"),
        ({"phones": {"primary": "05320000001"}}, 422, "/phones/primary"),
        ({"visitors": {"add": ["7"]}}, 422, "/visitors/add/0"),
        ({"attributes": {str(n): "x" for n in range(50)}, "name": "x"}, 422, ""),
    ],
)
def test_what_is_wrong_in_a_change(counter: Counter, change: Any, status: int, place: str) -> None:
    id = counter.enter(name="Elif", emails=["a@example.com"])["id"]
    reply = counter.ask("PATCH", f"/customers/{id}", change, If_Match="*")
    assert reply.status == status, reply.body
    assert reply.json["errors"][0]["pointer"] == place
    assert counter.shop.engine.read(journal.last) == 1
