"""The daemon and a sink: what happens is told, also when the daemon was killed, and a dead sink slows nobody."""

from __future__ import annotations

import http.server
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
from attrs import define, field
from click.testing import CliRunner
from standardwebhooks import Webhook

from jivod.cli.main import main
from tests.hold.ports import free_port
from tests.smoke.daemon import Daemon, running

pytestmark = pytest.mark.long

SECRET = "whsec_" + "A" * 43 + "="
WAIT = 15.0  # seconds, on a busy machine


@define(eq=False)
class Receiver:
    """`got` are the bodies whose signature was right. The first two requests are answered 500."""

    got: list[dict[str, Any]] = field(factory=list)
    count: int = 0

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        self.count += 1
        if self.count <= 2:
            return 500
        self.got.append(Webhook(SECRET).verify(body, headers))
        return 204

    def wait_for(self, created: int) -> set[str]:
        limit = time.monotonic() + WAIT
        while len(found := {told["data"]["id"] for told in self.got}) < created:
            assert time.monotonic() < limit, f"{len(found)} of {created} were told"
            time.sleep(0.02)
        return found


@pytest.fixture
def receiver() -> Iterator[tuple[Receiver, int]]:
    made = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(made.take(body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Not here."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield made, server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def sink(name: str, port: int) -> str:
    return f"""
            [[sink]]
            name = "{name}"
            url = "http://127.0.0.1:{port}/private-part"
            secret_file = "sink.secret"
            events = ["customer.created"]
    """


def test_what_happens_is_told_through_a_kill_beside_a_sink_that_is_dead(
    tmp_path: Path, receiver: tuple[Receiver, int]
) -> None:
    made, port = receiver
    secret = tmp_path / "sink.secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    with running(Daemon(tmp_path)) as daemon:
        daemon.configure(sink("crm", port) + sink("dead", free_port()))
        daemon.start()
        assert {daemon.post(f"a{n}") for n in range(20)} == {200}
        daemon.end(signal.SIGKILL)
        daemon.start()
        assert {daemon.post(f"b{n}") for n in range(20)} == {200}
        _, scrape = daemon.ask("GET", "/metrics", port=daemon.admin_port)
        made.wait_for(38)  # two wait for their next attempt; every other one arrived at the first
        assert made.count < 50  # what was under way when it was killed comes twice
        assert CliRunner().invoke(main, ["--config", str(daemon.config), "sinks", "resume", "crm"]).exit_code == 0
        made.wait_for(40)
        code, out, err = daemon.end()
        assert code == 0, err
        assert b'jivod_feed_backlog{sink="dead"}' in scrape
        lines = [orjson.loads(line) for line in out.splitlines() if line.startswith("{")]
        assert "sink dead fails: no connection" in [line["message"] for line in lines]
        assert "private-part" not in out + err
        assert len(daemon.stored()) == 40
