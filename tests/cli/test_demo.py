"""`jivod demo` against a small HTTP server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

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

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def point(bare):
    """Aim the configuration at an address."""

    def aim(url: str):
        bare.file.write_text(bare.file.read_text().replace("https://crm.example.com", url))
        return bare

    return aim


def test_every_answer_is_shown_as_the_agent_would_see_it(point):
    with daemon(200, {"chat_accepted": FULL}) as (url, got):
        done = point(url).run("demo")
    assert done.exit_code == 0, done.output
    assert {path for path, _ in got} == {f"/jivo/{SECRET}"}
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


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_where_no_daemon_answers_the_demo_says_how_to_start_one(point, scheme):
    with daemon(200, b"{}") as (url, _):
        pass
    url = url.replace("http:", scheme + ":")
    done = point(url).run("demo")
    assert done.exit_code == 1
    assert done.stderr == f"jivod: no daemon answers at {url}; start it with `make run` or by systemd\n"


def test_two_runs_share_no_number():
    def numbers(run: int) -> set[str]:
        bodies = [step.body for scene in scenes(run) for step in scene.steps]
        chats = {str(body.get("chat_id") or body["offline_message_id"]) for body in bodies}
        return chats | {body["visitor"]["number"] for body in bodies}

    assert not numbers(1_790_000_000) & numbers(1_790_000_001)
    assert all(len(number) >= 13 for number in numbers(1_790_000_000))
