"""Methods and headers: every address says what it takes, every answer is dressed alike, nothing is for other sites."""

from __future__ import annotations

import pytest

from jivod.web import urls
from jivod.web.api.api import ROUTES
from jivod.web.limits import Limits
from tests.web.api.counter import API, TOKENS, Counter
from tests.web.api.test_bearer import place
from tests.web.shop import open_shop, request

PATHS = {place(route): sorted(r.method for r in ROUTES if r.path == route.path) for route in ROUTES}
PATHS[urls.OPENAPI] = ["GET"]
PROBLEM = "application/problem+json; charset=utf-8"


def taken(methods: list[str]) -> set[str]:
    return {*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


@pytest.mark.parametrize("path", PATHS)
def test_options_says_what_an_address_takes_to_anybody(full: Counter, path: str) -> None:
    reply = full.ask("OPTIONS", path, token=None)
    assert (reply.status, reply.body) == (204, b"")
    assert set(reply.headers["Allow"].split(", ")) == taken(PATHS[path])


@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_an_address_does_not_take_is_refused(full: Counter, path: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        reply = full.ask(method, path)
        if method in PATHS[path]:
            assert reply.status != 405
        else:
            assert (reply.status, reply.headers["Content-Type"]) == (405, PROBLEM)
            assert set(reply.headers["Allow"].split(", ")) == taken(PATHS[path])


@pytest.mark.parametrize("path", [path for path, methods in PATHS.items() if "GET" in methods])
def test_head_is_get_without_the_body(full: Counter, path: str) -> None:
    path += "?after=1000" if path == urls.AUDIT else ""  # else it grows by being read
    whole, head = full.ask("GET", path), full.ask("HEAD", path)
    assert head.status == whole.status
    assert int(head.headers["Content-Length"]) == len(whole.body)
    assert [head.headers.get(name) for name in ("Content-Type", "ETag")] == [
        whole.headers.get(name) for name in ("Content-Type", "ETag")
    ]
    wire = full.shop.connect()
    token = b"Authorization: Bearer %s\r\n" % TOKENS["admin"].encode()
    wire.send(request(b"", method=b"HEAD", path=path, extra=token))
    assert wire.transport.value().endswith(b"\r\n\r\n")


@pytest.mark.parametrize("path", [*PATHS, f"{API}/nothing", "/api/v2/customers", "/api/", f"{API}/customers/"])
def test_every_answer_is_dressed_alike_and_for_no_other_site(full: Counter, path: str) -> None:
    for token in (None, TOKENS["admin"]):
        reply = full.ask("GET", path, token=token, Origin="https://evil.example.com")
        assert (reply.headers["Cache-Control"], reply.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
        assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert reply.headers["Content-Type"] == ("application/json; charset=utf-8" if reply.status == 200 else PROBLEM)
        assert not any(name.lower().startswith("access-control") for name in reply.headers)


def test_the_webhook_keeps_its_own_way_to_refuse(full: Counter) -> None:
    reply = full.shop.call("GET", "/jivo/x")
    assert (reply.status, reply.code) == (405, "wrong_method")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request(b"x" * 70_000, path=f"{API}/customers"), 413),
        (request(b"", path=f"{API}/customers", length=b"9" * 400), 413),
        (request(b"", method=b"get", path=f"{API}/customers"), 400),
        (request(b"", method=b"GET", path=f"{API}/%ff"), 404),
        (request(b"", method=b"GET", path=f"{API}//customers"), 404),
        (b"GET /api/v1/customers HTTP/1.1\r\n\r\n", 400),
        (request(b"", method=b"GET", path=f"{API}/customers", extra=b"X: " + b"x" * 9000 + b"\r\n"), 431),
    ],
)
def test_what_is_refused_below_the_router_is_a_problem_too(sent: bytes, status: int) -> None:
    wire = open_shop(limits=Limits()).connect()
    wire.send(sent)
    reply = wire.reply()
    assert (reply.status, reply.headers["Content-Type"]) == (status, PROBLEM)
    assert reply.json["status"] == status
