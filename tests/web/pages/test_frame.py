"""Frame: who may look, what every page has around its own, and how it is sent."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.model.access import Role
from jivod.store.kv import Txn
from jivod.web.pages.page import Ask, Moved, Page, Shown
from jivod.web.pages.pages import PAGES
from jivod.web.response import POLICY
from tests.web.pages.window import Window

PATHS = {"/customers/<id>": "/customers/01h0000000000000000000000a"}
MUST = {
    "Content-Security-Policy": POLICY.decode(),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.method} {page.path}")
@pytest.mark.parametrize("inside", [True, False])
def test_every_answer_has_the_headers(window: Window, page: Page, inside: bool) -> None:
    if not inside:
        window.porter.viewer = None
    path = PATHS.get(page.path, page.path.replace("<int:number>", "1"))
    for reply in (window.ask(page.method, path), window.ask("HEAD" if page.method == "GET" else "PUT", path)):
        assert MUST.items() <= reply.headers.items()
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("page", [page for page in PAGES if page.role], ids=lambda page: page.path)
def test_who_is_not_signed_in_is_sent_to_the_way_in_and_back(window: Window, page: Page) -> None:
    window.porter.viewer = None
    reply = window.ask(page.method, PATHS.get(page.path, page.path.replace("<int:number>", "1")) + "?q=a%20b")
    assert (reply.status, reply.body) == (303, b"")
    if page.method == "GET":
        assert reply.headers["Location"].startswith("/login?next=/")
        assert reply.headers["Location"].endswith("%3Fq%3Da%2520b")
    else:
        assert reply.headers["Location"] == "/login"


def test_the_way_in_is_open_to_all_and_says_what_to_do(window: Window) -> None:
    window.porter.viewer = None
    assert "jivod find" in window.page("/login")


def work(txn: Txn, ask: Ask) -> Shown:
    return Shown("login.html", headers=(("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), status=202)


def gone(txn: Txn, ask: Ask) -> Moved:
    return Moved("/customers?q=x#end", done="saved")


def stumble(txn: Txn, ask: Ask) -> Shown:
    raise ZeroDivisionError("the name of a visitor")


MINE = (
    *PAGES,
    Page(path="/reviews", role=Role.STEWARD, work=work, menu="reviews"),
    Page(path="/admin", role=Role.ADMIN, work=work, menu="admin"),
    Page(path="/gone", work=gone),
    Page(path="/stumble", work=stumble),
)


@pytest.mark.parametrize(
    ("role", "statuses", "places"),
    [
        (Role.AGENT, (403, 403), {"Overview", "Customers"}),
        (Role.STEWARD, (202, 403), {"Overview", "Customers", "Reviews"}),
        (Role.ADMIN, (202, 202), {"Overview", "Customers", "Reviews", "Admin"}),
    ],
)
def test_a_role_does_what_those_before_it_do(role: Role, statuses: Any, places: set[str]) -> None:
    window = Window(pages=MINE)
    window.be(role=role)
    assert (window.look("/reviews").status, window.look("/admin").status) == statuses
    html = window.page("/customers")
    assert {
        name for name in ("Customers", "Reviews", "Admin", "Overview") if f"<span>{name}<" in html
    } == places


def test_a_page_has_its_own_status_and_headers() -> None:
    reply = Window(pages=MINE).look("/admin")
    assert (reply.status, reply.headers["Set-Cookie"]) == (202, "a=1")


def test_what_was_done_is_said_on_the_next_page_by_a_code_alone() -> None:
    window = Window(pages=MINE)
    assert window.look("/gone").headers["Location"] == "/customers?q=x&done=saved#end"
    assert "Saved." in window.page("/customers?done=saved")
    for done in ("nonsense", "<b>", "saved&done=language"):
        assert 'role="status"' not in window.page(f"/customers?done={done}") or done.startswith("saved")


def test_a_mistake_of_ours_is_a_page_that_tells_nothing(failures: list[Any]) -> None:
    reply = Window(pages=MINE).look("/stumble")
    assert (reply.status, b"0123456789abcdef" in reply.body, b"visitor" in reply.body) == (500, True, False)
    assert b"made a mistake" in reply.body
    (event,) = failures
    assert event["log_failure"].check(ZeroDivisionError)
    failures.clear()


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/nowhere", 404, "There is nothing here"),
        ("POST", "/nowhere", 404, "There is nothing here"),
        ("GET", "/customers/nobody", 404, "There is nothing here"),
        ("GET", "/customers/a/b", 404, "There is nothing here"),
        ("GET", "/customers/%2e%2e", 404, "There is nothing here"),
        ("DELETE", "/customers", 405, "cannot be used in this way"),
        ("OPTIONS", "/customers", 405, "cannot be used in this way"),
        ("GET", "/language", 405, "cannot be used in this way"),
        ("GET", "/customers?q=" + 257 * "x", 400, "cannot be read"),
        ("GET", "/customers?q=%ff", 400, "cannot be read"),
        ("GET", "/customers?cursor=zz", 400, "cannot be read"),
        ("GET", "/customers?q=a&cursor=-1", 400, "cannot be read"),
        ("GET", "/static/0/nothing.css", 404, "There is nothing here"),
        ("GET", "/static/0/..%2fapp.css", 404, "There is nothing here"),
        ("GET", "/static/0/VENDORED.md", 404, "There is nothing here"),
    ],
)
def test_a_mistake_of_theirs_is_a_page_too(window: Window, method: str, path: str, status: int, says: str) -> None:
    reply = window.ask(method, path)
    assert (reply.status, reply.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert says in reply.body.decode()
    assert status != 405 or "GET" in reply.headers["Allow"] or reply.headers["Allow"] == "POST"


def test_machines_keep_their_own_exits(window: Window) -> None:
    assert window.ask("POST", "/jivo/wrong").json["error"]["code"] == "not_found"
    assert window.look("/healthz").json == {"result": "ok"}
    assert window.look("/api/v1/nowhere").json["status"] == 404
    assert window.look("/nowhere", Accept="*/*").json["error"]["code"] == "not_found"


def test_a_body_that_is_too_large_is_refused_by_a_page(window: Window) -> None:
    window.page("/login")
    wire = window.shop.connect()
    wire.send(b"POST /language HTTP/1.1\r\nHost: crm.example.com\r\nAccept: text/html\r\nContent-Length: 70000\r\n\r\n")
    reply = wire.reply()
    assert (reply.status, reply.headers["Content-Security-Policy"]) == (413, POLICY.decode())
    assert "That is too much at once" in reply.body.decode()


def test_before_anything_is_loaded_a_refusal_is_a_plain_page() -> None:
    wire = Window().shop.connect()
    wire.send(b"GET /a HTTP/1.1\r\nAccept: text/html\r\nHost: \r\n\r\n")
    reply = wire.reply()
    assert (reply.status, b"<h1>" in reply.body) == (400, True)


def test_a_busy_store_is_a_page(window: Window) -> None:
    window.look("/customers")  # all pages are loaded
    window.jobs.running = 1000
    reply = window.look("/customers")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    assert "busy at the moment" in reply.body.decode()


def test_the_first_page_loads_what_it_needs() -> None:
    window = Window()
    assert window.look("/nowhere").status == 404
    assert "No customers yet" in window.page("/customers")
    assert Window().ask("POST", "/nowhere", Accept="*/*").json["error"]["code"] == "not_found"


def test_where_it_cannot_be_loaded_at_once_there_is_a_plain_page() -> None:
    window = Window()
    window.jobs.running = 1000
    reply = window.look("/customers")
    assert (reply.status, reply.headers["Retry-After"], b"<h1>Too many requests" in reply.body) == (503, "1", True)
    assert window.look("/jivo/x").headers["Content-Type"].startswith("application/json")
    window.jobs.running = 0
    assert window.look("/customers").status == 200


def test_head_is_get_without_its_body(full: Window) -> None:
    got, head = full.look("/customers"), full.ask("HEAD", "/customers")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.body))
