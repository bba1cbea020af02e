"""An import by the API, to the real daemon: a process takes the file in while the daemon answers."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from jivod.cli import visit
from tests.smoke.daemon import ROOT, STARTED, Daemon, running

pytestmark = pytest.mark.long

LOGGED_IN = visit.LOGIN.exists() and int(visit.LOGIN.read_text()) != visit.NOBODY
ROWS = "".join(f"{n};row-{n}@example.com;Plan {n}\n" for n in range(4000))
FILE = f"id;email;Plan\n{ROWS};bad;x\n".encode()  # beyond what a stranger may send


def jivod(daemon: Daemon, *arguments: str) -> str:
    command = [sys.executable, "-m", "jivod", "--config", str(daemon.config), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def ask(daemon: Daemon, token: str, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, f"/api/v1{path}", body, {"Authorization": f"Bearer {token}", **named})
    response = connection.getresponse()
    found = orjson.loads(response.read())
    connection.close()
    return response.status, found


def over(daemon: Daemon, token: str, path: str) -> Any:
    """What came of an errand."""
    limit = time.monotonic() + 3 * STARTED
    while time.monotonic() < limit:
        status, shown = ask(daemon, token, "GET", path)
        assert status == 200, shown
        if shown["state"] not in ("waiting", "running"):
            return shown
        assert daemon.post("meanwhile") == 200
        time.sleep(0.05)
    raise AssertionError("the errand does not end")


def test_a_file_is_taken_in_while_the_daemon_answers(tmp_path: Path) -> None:
    with running(Daemon(tmp_path)) as daemon:
        daemon.start()
        token = jivod(daemon, "token", "add", "shop", "--scope", "write").strip().splitlines()[-1]
        assert ask(daemon, token, "GET", "/customers")[0] == 200  # from now on it may bring a long body
        sent = {"Content_Type": "text/csv", "Idempotency_Key": "k"}
        status, asked = ask(daemon, token, "POST", "/imports?key=email&name=crm.csv", FILE, **sent)
        assert (status, asked["state"]) == (202, "waiting")
        shown = over(daemon, token, f"/imports/{asked['id']}")
        assert (shown["state"], shown["error"]) == ("done", None)
        assert shown["counts"] == {"created": 4000, "enriched": 0, "unchanged": 0, "refused": 1, "contested": 0}
        assert shown["refused"] == [{"line": 4002, "why": "email: not an e-mail address"}]
        assert shown["refused_rows"] == "id;email;Plan;refused\r\n;bad;x;email: not an e-mail address\r\n"
        mended = shown["refused_rows"].replace(";bad;", ";mended@example.com;").encode()
        _, asked = ask(daemon, token, "POST", "/imports", mended, Content_Type="text/csv")
        assert over(daemon, token, f"/imports/{asked['id']}")["counts"]["created"] == 1
        status, found = ask(daemon, token, "GET", "/customers?email=row-7@example.com")
        assert found["items"][0]["attributes"] == {"Plan": "Plan 7"}
        there = {path.name for path in (tmp_path / "state").iterdir() if not path.name.startswith("search.db")}
        assert there == {"audit", "data", "jivod.pid"}
        kept = orjson.loads(jivod(daemon, "audit", "list", "--json", "--limit", "1000"))
        who = {(one["by"], one["door"], one["verb"]) for one in kept if one["action"] == "imported"}
        process = visit.operator() if LOGGED_IN else "shop"
        assert who == {("shop", "api", "imports_bring_in"), (process, "cli", "import")}
        assert daemon.end()[0] == 0
