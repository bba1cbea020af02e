"""Bearer: every route with every scope; guessing is slow; what cannot be a token never meets the store."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from jivod.flow import access
from jivod.model.access import SCOPES
from jivod.store.kv import Job, T
from jivod.store.memory import MemoryEngine
from jivod.web.api.api import ROUTES
from jivod.web.api.route import Route
from tests.web.api.counter import API, STRANGER, TOKENS, Counter
from tests.web.shop import open_shop, request

PATHS = {"<id>": "x", "<account>": "main", "<path:ref>": "chat:1", "<int:number>": "1"}


def place(route: Route) -> str:
    path = route.path
    for name, value in PATHS.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_route_lets_in_who_has_its_scope(full: Counter, route: Route) -> None:
    for token in (None, STRANGER):
        reply = full.ask(route.method, place(route), token=token)
        assert reply.status == 401
        assert reply.headers["WWW-Authenticate"].startswith('Bearer realm="jivod"')
    for number, scope in enumerate(SCOPES):
        reply = full.ask(route.method, place(route), token=TOKENS[scope])
        if number < SCOPES.index(route.scope):
            assert (reply.status, reply.json["code"]) == (403, "scope_needed")
            assert f'scope="{route.scope}"' in reply.headers["WWW-Authenticate"]
        else:
            assert reply.status not in (401, 403)


class Counting(MemoryEngine):
    """Counts what the store is asked."""

    asked = 0

    def read(self, job: Job[T]) -> T:
        self.asked += 1
        return super().read(job)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic eDp4",
        f"Basic {STRANGER}",
        f"bearer {STRANGER}x",
        STRANGER,
        "Bearer a b",
        "Bearer \xff",
    ],
)
def test_what_cannot_be_a_token_never_meets_the_store(header: str) -> None:
    engine = Counting(bytes(32))
    shop = open_shop(engine)
    reply = shop.call("GET", f"{API}/customers", headers={"Authorization": header})
    assert (reply.status, engine.asked) == (401, 0)
    assert shop.metrics.bad_tokens == 1


def test_two_tokens_at_once_are_none(counter: Counter) -> None:
    extra = b"".join(b"Authorization: Bearer %s\r\n" % TOKENS[scope].encode() for scope in ("read", "admin"))
    wire = counter.shop.connect()
    wire.send(request(b"", method=b"GET", path=f"{API}/customers", extra=extra))
    assert wire.reply().status == 401


def test_who_goes_on_guessing_has_to_wait_and_who_has_a_token_has_not(counter: Counter) -> None:
    statuses = [counter.ask("GET", "/customers", token=STRANGER).status for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    assert counter.ask("GET", "/customers", token=STRANGER).headers["Retry-After"] == "600"
    assert counter.ask("GET", "/customers").status == 200
    assert counter.ask("GET", "/customers", token=None).status == 401
    counter.shop.pass_time(601)
    assert counter.ask("GET", "/customers", token=STRANGER).status == 401


def test_wrong_tokens_do_not_shut_the_webhook(counter: Counter) -> None:
    for _ in range(12):
        counter.ask("GET", "/customers", token=STRANGER)
    assert counter.shop.post(b"{}", "/jivo/wrong").status == 404


def test_a_revoked_token_is_none_at_once(counter: Counter) -> None:
    counter.do(lambda txn: access.revoke(txn, "read"))
    assert counter.ask("GET", "/customers", token=TOKENS["read"]).status == 401


def test_no_token_is_ever_logged(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Any] = []
    from twisted.logger import globalLogPublisher

    globalLogPublisher.addObserver(seen.append)
    try:
        with caplog.at_level(logging.DEBUG):
            for token in (*TOKENS.values(), STRANGER, None):
                counter.ask("GET", "/quarantine", token=token)
                counter.ask("POST", "/customers", b"{", token=token)
    finally:
        globalLogPublisher.removeObserver(seen.append)
    assert not any(token in f"{seen}{caplog.text}" for token in (*TOKENS.values(), STRANGER))
