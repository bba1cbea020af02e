"""The daemon with rows of the operator's own and a CRM to look them up at, honest and not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import orjson
import pytest
from attrs import define, field

from tests.smoke.daemon import SECRET, Daemon, running

pytestmark = pytest.mark.long

ROWS = """
[[answer.row]]
title = "Balance"
content = "{{{{ lookup.balance | currency('TRY') }}}}"
[[answer.row]]
title = "Name"
content = "{{{{ customer.name }}}}"
[lookup]
url = "http://127.0.0.1:{port}/card?email={{{{ customer.email }}}}"
header_files = {{ Authorization = "crm.token" }}
deadline = 0.3
[lookup.attributes]
balance = "account.balance"
"""
TOKEN = "Bearer of-the-crm-0123456789"


@define(eq=False)
class Crm:
    """Answers with a balance, but for who is slow."""

    asked: list[tuple[str, str | None]] = field(factory=list)
    enough: Event = field(factory=Event)
    server: Any = None

    def open(self) -> None:
        crm = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                crm.asked.append((self.path, self.headers.get("Authorization")))
                if "slow" in self.path:
                    crm.enough.wait(5)
                body = b'{"account": {"balance": 98765.43}}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.enough.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def crm() -> Iterator[Crm]:
    found = Crm()
    found.open()
    yield found
    found.close()


@pytest.fixture
def daemon(tmp_path: Path, crm: Crm) -> Iterator[Daemon]:
    with running(Daemon(tmp_path)) as made:
        token = tmp_path / "crm.token"
        token.write_text(TOKEN)
        token.chmod(0o600)
        made.configure('language = "tr"' + ROWS.format(port=crm.server.server_port))
        yield made


def rows(daemon: Daemon, chat: str, name: str) -> dict[str, str]:
    visitor = {"name": name, "email": f"{chat}@example.com"}
    event = {"event_name": "chat_accepted", "chat_id": chat, "visitor": visitor}
    status, body = daemon.ask("POST", f"/jivo/{SECRET}", orjson.dumps(event))
    assert status == 200
    return {row["title"]: row["content"] for row in orjson.loads(body)["custom_data"]}


def test_what_the_crm_knows_is_shown_and_nowhere_else(daemon: Daemon, crm: Crm) -> None:
    daemon.start()
    shown = rows(daemon, "quick", "{{ 7*7 }}")
    assert (shown["Balance"], shown["Name"]) == ("₺98.765,43", "{{ 7*7 }}")
    assert crm.asked == [("/card?email=quick%40example.com", TOKEN)]
    begun = time.monotonic()
    assert "Balance" not in (late := rows(daemon, "slow", "Ali"))
    assert (late["Name"], time.monotonic() - begun < 2.5) == ("Ali", True)
    assert rows(daemon, "quick", "{{ 7*7 }}")["Balance"] == "₺98.765,43"
    assert len(crm.asked) == 2  # the third was remembered
    _, metrics = daemon.ask("GET", "/metrics", port=daemon.admin_port)
    for line in (b'lookups_total{outcome="late"} 1.0', b'lookups_total{outcome="cached"} 1.0', b"lookup_paused 0.0"):
        assert b"jivod_" + line in metrics
    code, out, err = daemon.end()
    assert (code, err) == (0, "")
    assert not [word for word in ("98765", "98.765", "@example.com", "of-the-crm", "%40") if word in out]
    assert b"98765" not in (daemon.data / "data.mdb").read_bytes()
    assert daemon.stored() == ["quick", "slow"]


def test_a_bad_template_at_the_start_is_78_and_one_line(daemon: Daemon) -> None:
    daemon.configure('[[answer.row]]\ncontent = "{{ customer.nme }}"\n')
    line = daemon.config.read_text().splitlines().index('content = "{{ customer.nme }}"') + 1
    daemon.launch()
    code, _, err = daemon.finish()
    assert code == 78
    assert err == (
        f"jivod: {daemon.config}:{line}: content names customer.nme, which there is not; did you mean 'name'?\n"
    )
    assert not daemon.data.exists()
