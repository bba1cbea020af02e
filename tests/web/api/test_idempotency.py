"""Idempotency: done once, however often it is sent within a day."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.flow import access
from jivod.store import journal, replies
from tests.web.api.counter import TOKENS, Counter

BODY = {"name": "Elif", "emails": ["elif@example.com"]}


def post(counter: Counter, body: Any = BODY, key: str = "k-1", path: str = "/customers", **more: Any) -> Any:
    return counter.ask("POST", path, body, Idempotency_Key=key, **more)


def test_the_same_again_is_answered_again_and_not_done_again(counter: Counter) -> None:
    first, second = post(counter), post(counter)
    assert (first.status, second.status, second.body) == (201, 201, first.body)
    for name in ("ETag", "Location", "Content-Type"):
        assert first.headers[name] == second.headers[name]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert counter.shop.engine.read(journal.last) == 1


@pytest.mark.parametrize("body", [{"name": "Other"}, {**BODY, "tags": ["x"]}])
def test_another_request_with_the_same_key_is_refused(counter: Counter, body: Any) -> None:
    post(counter)
    reply = post(counter, body)
    assert (reply.status, reply.json["code"]) == (422, "key_reused")
    assert counter.shop.engine.read(journal.last) == 1


def test_the_same_body_to_another_address_is_another_request(counter: Counter) -> None:
    a, b = counter.enter(name="A")["id"], counter.enter(name="B")["id"]
    assert post(counter, {"other": b}, path=f"/customers/{a}/different").status == 200
    assert post(counter, {"other": b}, path=f"/customers/{b}/different").status == 422


def test_each_token_has_keys_of_its_own(counter: Counter) -> None:
    ids = {post(counter, token=TOKENS[scope]).json["id"] for scope in ("write", "admin")}
    assert len(ids) == 2


def test_after_a_day_it_is_a_new_request(counter: Counter) -> None:
    first = post(counter)
    counter.shop.clock.advance(replies.KEPT_FOR / 1000 - 1)
    assert post(counter).json["id"] == first.json["id"]
    counter.shop.clock.advance(1)
    assert post(counter).json["id"] != first.json["id"]


def test_what_was_refused_may_be_tried_again(counter: Counter) -> None:
    a, b = counter.enter(name="A")["id"], counter.enter(name="B")["id"]
    path = f"/customers/{a}/unmerge"
    assert post(counter, {}, path=path).status == 409
    counter.ask("POST", f"/customers/{a}/merge", {"into": b})
    assert post(counter, {}, path=path).status == 200
    assert post(counter, {}, path=path).headers["Idempotency-Replayed"] == "true"


def test_who_was_revoked_gets_no_old_answer(counter: Counter) -> None:
    post(counter, token=TOKENS["write"])
    counter.do(lambda txn: access.revoke(txn, "write"))
    assert post(counter, token=TOKENS["write"]).status == 401


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ü"])
def test_a_key_that_cannot_be_used_is_said(counter: Counter, key: str) -> None:
    reply = post(counter, key=key)
    assert (reply.status, reply.json["errors"][0]["header"]) == (400, "Idempotency-Key")
    assert counter.shop.engine.read(journal.last) == 0


def test_the_books_are_right_and_a_rebuild_agrees(counter: Counter) -> None:
    for n in range(5):
        post(counter, {"name": f"N {n}"}, key=str(n))
    assert counter.shop.engine.read(replies.held)[0] == 5
    assert counter.is_sound()
