"""The first user of a real daemon: by the link that it printed, past real hashes, and back after a restart."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.smoke.daemon import ROOT, Daemon, running

pytestmark = pytest.mark.long

LINK = re.compile(r"https://crm\.example\.com(/welcome/[\w-]{43})")
PASSWORD = "kahve masa deniz 42"


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with running(Daemon(tmp_path)) as made:
        yield made


def browse(daemon: Daemon, method: str, path: str, cookies: dict[str, str], **fields: str) -> tuple[int, str]:
    """Status, and where to go on or what is shown; the cookies are kept."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    headers = {"Accept": "text/html", "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    if method == "POST":
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    try:
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        response = connection.getresponse()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            cookies[name] = value
        return response.status, response.headers.get("Location") or response.read().decode()
    finally:
        connection.close()


def jivod(daemon: Daemon, *arguments: str) -> str:
    command = [sys.executable, "-m", "jivod", "--config", str(daemon.config), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=20).stdout


def test_the_first_user_comes_in_and_brings_the_next(daemon: Daemon) -> None:
    daemon.start()
    assert daemon.process is not None and daemon.process.stdout is not None
    link = next(match[1] for line in daemon.process.stdout if (match := LINK.search(line)))
    mine: dict[str, str] = {}
    assert browse(daemon, "POST", link, mine, first="1", name="Owner", password="passwordpassword")[0] == 422
    assert browse(daemon, "POST", link, mine, first="1", name="Owner", password=PASSWORD) == (303, "/")
    assert browse(daemon, "GET", "/account", mine)[0] == 200
    assert browse(daemon, "POST", "/login", {}, name="owner", password="wrong")[0] == 422
    assert browse(daemon, "POST", "/login", {}, name="owner", password=PASSWORD) == (303, "/")
    (theirs,) = LINK.findall(jivod(daemon, "user", "add", "ayse"))
    ayse: dict[str, str] = {}
    assert browse(daemon, "POST", theirs, ayse, password=PASSWORD + "!") == (303, "/")
    jivod(daemon, "user", "disable", "ayse")
    assert browse(daemon, "GET", "/account", ayse)[0] == 303
    daemon.end()
    daemon.start()
    assert browse(daemon, "GET", "/account", mine)[0] == 200
    _, out, _ = daemon.end()
    assert LINK.search(out) is None
