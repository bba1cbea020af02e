"""Checks of ASVS that belong to no room alone: what no code does, what the samples of the proxies say."""

from __future__ import annotations

import ast
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jivod.flow import sessions, staff
from jivod.flow.following import follow, make_side, zone_of
from jivod.model.errors import Unreadable
from jivod.wire import jivo
from jivod.wire.ndjson import Ndjson
from tests.web.api.conftest import fill
from tests.web.api.counter import Counter
from tests.web.shop import open_shop

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "jivod" / "web" / "pages"
NGINX = (ROOT / "etc" / "nginx.conf").read_text("utf-8")
CADDY = (ROOT / "etc" / "Caddyfile").read_text("utf-8")
HAPROXY = (ROOT / "etc" / "haproxy.cfg").read_text("utf-8")
YEAR = 31_536_000
SOON = 0.5  # seconds of CPU; a pattern that goes wrong takes hours
CALLS = ("eval", "exec", "compile")
RUNNING = frozenset({"dill", "jsonpickle", "marshal", "pickle", "shelve", "yaml"})

_MAYBE = re.compile("|".join((*RUNNING, *(rf"\b{name}\(" for name in CALLS))))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    file = make_side(tmp_path_factory.mktemp("found"), "UTC")
    counter = Counter(open_shop(file=lambda: file))
    fill(counter)
    follow(counter.shop.engine, file, zone_of("UTC"), 1000)
    yield counter
    file.close()


@pytest.mark.parametrize("words", ["(q+)+$", "(q|qq)+" + "q" * 100, ".*", "q%", "\\", '"', "NEAR(q w", "q" * 199 + "!"])
def test_a_pattern_is_searched_for_as_words(found: Counter, words: str) -> None:
    begun = time.thread_time()
    for path in ("/search", "/customers"):
        reply = found.ask("GET", f"/api/v1{path}?q={''.join(f'%{byte:02x}' for byte in words.encode())}")
        assert reply.status == 200
        assert reply.json["items"] == []
    assert time.thread_time() - begun < SOON


def test_html_of_messages_is_on_no_page() -> None:
    shown = [path for path in PAGES.rglob("*.*") if path.suffix in (".py", ".html", ".js")]
    assert len(shown) > 50
    assert [path for path in shown if "html_messages" in path.read_text("utf-8")] == []


def test_nothing_that_is_read_can_run() -> None:
    texts = {path: path.read_text("utf-8") for path in (ROOT / "jivod").rglob("*.py")}
    for path in [path for path, text in texts.items() if _MAYBE.search(text)]:  # few, and to parse all takes a second
        for node in ast.walk(ast.parse(texts[path])):
            assert not _runs(node), f"{path}:{getattr(node, 'lineno', 0)}"


def _runs(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(name.name.partition(".")[0] in RUNNING for name in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] in RUNNING
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS


@pytest.mark.parametrize("line", ["import pickle", "from yaml import load", "eval('1')", "exec(text)"])
def test_what_could_run_is_found(line: str) -> None:
    assert _MAYBE.search(line)
    assert any(_runs(node) for node in ast.walk(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        b'{"email": "a@example.com", "email": "b@example.com"}',
        b'{"email": NaN}',
        b'{"email": 1e400}',
        b'{"email": "\xff"}',
        b'{"email": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"email": ' + b"1" * 5000 + b"}",
        b'["email"]',
    ],
)
def test_a_line_of_an_import_is_read_by_the_rules_of_a_body(line: bytes) -> None:
    with pytest.raises(Unreadable):
        jivo.read(line)
    (item,) = Ndjson(io.BytesIO(line), said={}, signs=False)
    assert item.fault and not item.said


@pytest.mark.parametrize("sample", [NGINX, CADDY, HAPROXY], ids=["nginx", "Caddy", "haproxy"])
def test_the_proxies_hold_browsers_to_https_for_a_year(sample: str) -> None:
    (age, more) = re.findall(r'Strict-Transport-Security "max-age=(\d+)([^"]*)"', sample)[0]
    assert int(age) >= YEAR
    assert more == "; includeSubDomains"


def test_no_secret_is_redirected_from_http() -> None:
    plain = NGINX.split("listen 80;")[1].split("listen 443")[0]
    for path in ("jivo", "welcome", "api"):
        assert re.search(rf"location /{path}/ {{[^}}]*return 404;[^}}]*}}", plain), path
    caddy = re.search(r"\nhttp:// {\s*@machine path ([^\n]+)\n\s*handle @machine {\s*respond 404", CADDY)
    haproxy = re.search(r"return status 404 if !{ ssl_fc } { path_beg ([^}]+) }", HAPROXY)
    assert caddy is not None and haproxy is not None
    assert set(caddy[1].split()) == {"/jivo/*", "/welcome/*", "/api/*"}
    assert set(haproxy[1].split()) == {"/jivo/", "/welcome/", "/api/"}


def test_nginx_speaks_tls_1_2_or_newer() -> None:
    assert re.findall(r"ssl_protocols ([^;]+);", NGINX) == ["TLSv1.2 TLSv1.3"]
    assert "protocols" not in CADDY  # TLS 1.2 is its own least


def test_a_cookie_has_256_random_bits() -> None:
    assert sessions.COOKIE_BYTES * 8 >= 256
    assert staff.LINK_BYTES * 8 >= 256


def test_no_script_keeps_anything_in_a_browser() -> None:
    scripts = {path.name: path.read_text("utf-8") for path in (PAGES / "static").glob("*.js")}
    assert len(scripts) >= 3
    for name, text in scripts.items():
        assert not re.search("localStorage|sessionStorage|indexedDB|caches\\.", text), name
        assert set(re.findall(r"document\.cookie = `(\w+)=", text)) <= {"zone"}, name
