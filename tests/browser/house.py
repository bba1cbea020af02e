"""House: a daemon that a browser can find, its first user, and what has happened there."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from playwright.sync_api import Browser

from tests.browser.visit import Visit
from tests.smoke.daemon import ROOT, SECRET, STARTED, TWISTD, Daemon

NAME, PASSWORD = "zeynep@example.com", "kahve masa deniz 42"
LINK = re.compile(r"http://[\w.:]+(/welcome/[\w-]{43})")
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}


class House(Daemon):
    """Its own pages are where its links lead to; all that it prints is in `log`, as where a person runs it."""

    state: Any = None  # the cookies of who is signed in

    def configure(self, more: str = "") -> None:
        super().configure(more)
        text = self.config.read_text().replace("https://crm.example.com", self.origin)
        self.config.write_text(text.replace('name = "shop"', 'name = "shop"\nregion = "TR"\naccount = "main"'))

    def launch(self) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("JOURNAL_STREAM", "NOTIFY_SOCKET")}
        environ = {**kept, "PYTHONPATH": str(ROOT), "JIVOD_CONFIG": str(self.config), **self.environ}
        command = [*TWISTD, "--nodaemon", "--pidfile=", "-y", str(ROOT / "jivod.tac")]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=self.directory, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out, text=True
            )
        return self.process

    @property
    def log(self) -> Path:
        return self.directory / "log"

    def text(self) -> str:
        return self.log.read_text("utf-8", "backslashreplace")

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Start, and wait until the pages are loaded: on a busy machine the first who asks is told to come again."""
        self.start()
        limit = time.monotonic() + STARTED
        while not self._shows("/login"):
            assert time.monotonic() < limit, "the pages do not load"
            time.sleep(0.1)

    def _shows(self, path: str) -> bool:
        try:
            return self.ask("GET", path)[0] == 200
        except OSError:
            return False

    def invitation(self) -> str:
        """The path that makes the first user."""
        limit = time.monotonic() + STARTED
        while time.monotonic() < limit:
            if found := LINK.search(self.log.read_text()):
                return found[1]
            time.sleep(0.02)
        raise AssertionError(f"no link was printed: {self.log.read_text()}")

    def visit(self, browser: Browser, *, signed_in: bool = True, **options: Any) -> Visit:
        """A new window, without a cache; `options` are those of Playwright's contexts."""
        given = {"viewport": DESK, "locale": "en-GB", "timezone_id": "Europe/Istanbul", "reduced_motion": "reduce"}
        state = self.state if signed_in else None
        return Visit(browser.new_context(**{**given, "storage_state": state, **options}), self.origin)

    def tell(self, *bodies: dict[str, Any] | bytes) -> list[dict[str, Any]]:
        """Events, one after the other; the answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        answers = []
        try:
            for body in bodies:
                connection.request("POST", f"/jivo/{SECRET}", body if isinstance(body, bytes) else orjson.dumps(body))
                response = connection.getresponse()
                answers.append(orjson.loads(response.read()))
                assert response.status == 200, answers[-1]
        finally:
            connection.close()
        return answers

    def customer(self, body: dict[str, Any]) -> str:
        """The path of the customer of an event."""
        (answer,) = self.tell(body)
        return urlsplit(answer["crm_link"]).path

    def fetch(self, paths: list[str]) -> list[tuple[int, str]]:
        """Status and HTML of pages, as who is signed in gets them, without a browser."""
        cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in self.state["cookies"])
        headers = {"Accept": "text/html", "Cookie": cookies}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        answers = []
        try:
            for path in paths:
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                answers.append((response.status, response.read().decode()))
        finally:
            connection.close()
        return answers

    def invited(self, name: str) -> str:
        """The path by which a new user sets his password."""
        found = LINK.search(self.jivod("user", "add", name))
        assert found is not None
        return found[1]

    def jivod(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "jivod", "--config", str(self.config), *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30).stdout


def found(house: House, browser: Browser) -> None:
    """The first user comes in by the link that was printed, as a person would, and stays signed in."""
    visit = house.visit(browser, signed_in=False)
    page = visit.go(house.invitation())
    page.get_by_label("User name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.wait_for_url(lambda url: "/welcome/" not in url)
    visit.look()
    house.state = visit.context.storage_state()
    visit.close()
