"""P: the API, by who has no right to it, or asks what cannot be; and where another is asked to call somewhere."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.model.audit import DENIED
from jivod.web.api.api import ROUTES
from tests.web.api.conftest import fill
from tests.web.api.counter import TOKENS, Counter


@pytest.fixture
def full() -> Counter:
    counter = Counter()
    fill(counter)
    return counter


@pytest.fixture
def ids(full: Counter) -> list[str]:
    return [one["id"] for one in full.get("/customers")["items"]]


def test_p002_who_may_only_look_changes_nothing_and_is_on_record(full: Counter, ids: list[str]) -> None:
    before = full.rows()
    asked = [
        ("POST", f"/customers/{ids[0]}/erase", {"reason": "asked for it"}), ("POST", f"/customers/{ids[0]}/merge",
         {"into": ids[1]}),
        ("POST", f"/customers/{ids[0]}/unmerge", {}), ("PATCH", f"/customers/{ids[0]}", {"name": "x"}),
        ("POST", "/imports", {}), ("POST", "/quarantine/1/retry", {}),
    ]  # fmt: skip
    for method, path, body in asked:
        reply = full.ask(method, path, body, token=TOKENS["read"], If_Match="*")
        assert (reply.status, reply.json["code"]) == (403, "scope_needed"), path
    assert full.rows() == before
    lines = full.shop.ledger.directory
    assert sum(file.read_text().count(DENIED) for file in lines.iterdir()) >= len(asked)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"verified": True}, "/verified"), ({"id": "x"}, "/id"), ({"level": 3}, "/level"), ({"contested": []},
         "/contested"),
        ({"merged": ["x"]}, "/merged"), ({"created_at": 1}, "/created_at"), ({"unknown": 1}, "/unknown"), ({"": 1},
         "/"),
        ({"__proto__": {}}, "/__proto__"), ({"name": {"$ne": 1}}, "/name"), ({"name": ["x"]}, "/name"),
         ({"name": True}, "/name"),
    ],
)  # fmt: skip
def test_p003_a_field_that_there_is_not_or_that_nobody_sets_is_named(
    full: Counter, ids: list[str], change: Any, place: str
) -> None:
    before = full.rows()
    reply = full.ask("PATCH", f"/customers/{ids[0]}", change, If_Match="*")
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (400, place), reply.body
    assert full.rows() == before


def test_p004_who_changes_what_has_changed_is_told(full: Counter, ids: list[str]) -> None:
    path = f"/customers/{ids[0]}"
    old = full.ask("GET", path).headers["ETag"]
    assert full.ask("PATCH", path, {"name": "First"}, If_Match=old).status == 200
    before = full.rows()
    assert full.ask("PATCH", path, {"name": "Second"}, If_Match=old).status == 412
    assert full.ask("PATCH", path, {"name": "Second"}).status == 428
    assert full.rows() == before and full.get(path)["name"] == "First"


@pytest.mark.parametrize("id", ["..", "%2e%2e", "..%2f..%2fetc", "%00", "x" * 8_000, "9" * 26,
"00000000-0000-0000-0000-000000000000",
                                "' OR 1=1 --", "01h0000000000000000000000a", "%F0%9F%98%80", "{id}", "*"])  # fmt: skip
def test_p006_an_id_that_was_never_given_out_is_nobody(full: Counter, id: str) -> None:
    for path in ("", "/chats", "/history"):
        reply = full.ask("GET", f"/customers/{id.replace(' ', '%20')}{path}")
        assert reply.status in {400, 404, 431} and len(reply.body) < 1_024
        assert id[:40] not in reply.body.decode()


def test_p009_nobody_tells_the_daemon_by_the_api_where_to_call() -> None:
    """The sinks stand in the configuration alone, where an own network is a good address; no redirect is followed (see
    tests/service/test_courier.py).
    """
    assert not [route for route in ROUTES if "sink" in route.path or "hook" in route.path]


@pytest.mark.parametrize("token", ["", "x", "jivod_" + "x" * 43, "Bearer", "\xff", "a" * 5_000, "null", "undefined"])
def test_a_token_that_is_none_opens_nothing(full: Counter, token: str) -> None:
    for route in ROUTES:
        if route.method == "GET" and "<" not in route.path and "openapi" not in route.path:
            reply = full.ask("GET", route.path, token=token)
            assert reply.status in {401, 429} and b"ayse" not in reply.body
