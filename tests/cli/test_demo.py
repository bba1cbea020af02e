"""`jivod demo` against a small HTTP server on loopback."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer, UnixStreamServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from jivod.cli.stories import scenes

SECRET = "abcdefghijklmnopqrstuvwxyz"
FULL = {
    "result": "ok",
    "contact_info": {"name": "Ayşe Demir", "email": "ayse.demir@example.com"},
    "custom_data": [
        {"title": "Customer", "content": "known\x1b[2J", "link": "https://crm.example.com"},
        {"title": "Chats", "key": "all", "content": "3"},
        {"content": "alone"},
    ],
    "crm_link": "https://crm.example.com/customers/abc",
    "enable_assign": True,
}


@contextmanager
def daemon(status: int, answers: dict[str, Any] | bytes) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """A server that answers each event; yields its address and what it got."""
    got: list[tuple[str, Any]] = []
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler(status, answers, got))) as server:
        yield f"http://127.0.0.1:{server.server_address[1]}", got


def handler(status: int, answers: dict[str, Any] | bytes, got: list[tuple[str, Any]]) -> type[BaseHTTPRequestHandler]:
    """Answers each event with `status`, and notes it in `got`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.append((self.path, body))
            raw = answers
            if isinstance(answers, dict):
                raw = json.dumps(answers.get(body["event_name"], {"result": "ok"})).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler


@contextmanager
def serving(server: BaseServer) -> Iterator[BaseServer]:
    """Serve in a thread."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def point(bare):
    """Let the configuration say that the daemon listens at an address; its public_url is another."""

    def aim(url: str):
        return listening(bare, f"tcp:{urlsplit(url).port}:interface=127.0.0.1")

    return aim


def listening(place, listen: str):
    place.file.write_text(f"listen = '{listen}'\n" + place.file.read_text())
    return place


def test_every_answer_is_shown_as_the_agent_would_see_it(point):
    with daemon(200, {"chat_accepted": FULL}) as (url, got):
        done = point(url).run("demo")
    assert done.exit_code == 0, done.output
    assert {path for path, _ in got} == {f"/jivo/{SECRET}/jivod-demo"}
    assert {body["event_name"] for _, body in got} == {
        "chat_accepted",
        "chat_updated",
        "chat_finished",
        "call_event",
        "offline_message",
    }
    assert "│ Ayşe Demir · ayse.demir@example.com" in done.stdout
    assert "│ Customer: known\\x1b[2J" in done.stdout
    assert "│ Chats all: 3" in done.stdout
    assert "│ alone" in done.stdout
    assert "│ Open in CRM: https://crm.example.com/customers/abc" in done.stdout
    assert "answered: ok" in done.stdout
    assert SECRET not in done.output


def test_json_holds_every_answer(point):
    with daemon(200, {"chat_accepted": FULL}) as (url, got):
        played = point(url).json("demo")
    assert [step["event"] for step in played] == [body["event_name"] for _, body in got]
    assert played[0] == {"event": "chat_accepted", "status": 200, "answer": FULL}


@pytest.mark.parametrize(
    ("status", "answer", "sentence"),
    [
        (404, b"{}", "does not know the URL of this channel"),
        (503, b'{"result": "busy, try again"}', "chat_accepted was answered 503: busy, try again"),
        (200, b'{"result": "failure"}', "chat_accepted was answered 200: failure"),
        (200, b"<html>", "nothing readable"),
        (200, b"[]", "nothing readable"),
    ],
)
def test_any_other_answer_ends_the_demo_with_a_sentence(point, status, answer, sentence):
    with daemon(status, answer) as (url, got):
        done = point(url).run("demo")
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert len(got) == 1
    assert SECRET not in done.output


def test_where_no_daemon_listens_the_demo_says_how_to_start_one(point):
    with daemon(200, b"{}") as (url, _):
        pass
    done = point(url).run("demo")
    assert done.exit_code == 1
    assert done.stderr == f"jivod: no daemon answers at {url}; start it with `make run` or by systemd\n"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_where_no_daemon_answers_the_demo_says_how_to_start_one(bare, scheme):
    with daemon(200, b"{}") as (url, _):
        pass
    url = url.replace("http:", scheme + ":")
    done = bare.run("demo", "--url", url)
    assert done.exit_code == 1
    assert done.stderr == f"jivod: no daemon answers at {url}; start it with `make run` or by systemd\n"


def test_a_unix_socket_is_a_way_too(bare):
    path, got = bare.file.parent / "web.sock", []
    listening(bare, f"unix:{path}:mode=660")
    with serving(UnixStreamServer(str(path), handler(200, b'{"result": "ok"}', got))):
        assert bare.run("demo").exit_code == 0
    assert len(got) == 13
    done = bare.run("demo")
    assert done.stderr == f"jivod: no daemon answers at unix:{path}; start it with `make run` or by systemd\n"


def test_a_socket_that_is_closed_to_us_is_told_from_a_daemon_that_does_not_run(bare, monkeypatch):
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("jivod.cli.target._UnixConnection.connect", forbidden)
    done = listening(bare, "unix:/run/jivod/web.sock").run("demo")
    assert done.exit_code == 1
    assert "unix:/run/jivod/web.sock does not let this user in; run this as root" in done.stderr


@pytest.mark.parametrize("listen", ["systemd:domain=INET:index=0", "unix:web.sock"])
def test_what_does_not_tell_where_it_is_is_reached_by_its_public_url(bare, listen):
    with daemon(200, b'{"result": "ok"}') as (url, got):
        bare.file.write_text(bare.file.read_text().replace("https://crm.example.com", url + "/crm"))
        done = listening(bare, listen).run("demo", "--json")
    assert done.exit_code == 0, done.output
    assert done.stderr == f"{listen} does not tell where; posting to public_url {url}/crm\n"
    assert {path for path, _ in got} == {f"/crm/jivo/{SECRET}/jivod-demo"}
    assert len(json.loads(done.stdout)) == 13


def test_another_way_may_be_asked_for(bare):
    with daemon(200, b'{"result": "ok"}') as (url, got):
        done = bare.run("demo", "--url", f"{url}/\u00fc/")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert {path for path, _ in got} == {f"/%C3%BC/jivo/{SECRET}/jivod-demo"}


@pytest.mark.parametrize(
    "url", ["", "crm.example.com", "ftp://crm.example.com", "http://", "http://a:x", "https://a/?b"]
)
def test_another_way_that_is_no_url_is_refused(bare, url):
    done = bare.run("demo", "--url", url)
    assert done.exit_code == 1
    assert done.stderr == "jivod: this is no http or https URL; write one like https://crm.example.com\n"


def test_a_way_without_a_good_certificate_is_not_gone(bare, monkeypatch):
    def distrust(*_: object) -> None:
        raise ssl.SSLCertVerificationError(1, "certificate verify failed")

    monkeypatch.setattr("http.client.HTTPSConnection.connect", distrust)
    done = bare.run("demo", "--url", "https://crm.example.com")
    assert done.exit_code == 1
    assert "jivod: no safe way to https://crm.example.com" in done.stderr


def test_two_runs_share_no_number():
    def numbers(run: int) -> set[str]:
        bodies = [step.body for scene in scenes(run) for step in scene.steps]
        chats = {str(body.get("chat_id") or body["offline_message_id"]) for body in bodies}
        return chats | {body["visitor"]["number"] for body in bodies}

    assert not numbers(1_790_000_000) & numbers(1_790_000_001)
    assert all(len(number) >= 13 for number in numbers(1_790_000_000))
