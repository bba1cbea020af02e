"""The daemon and two pages that listen: each hears all, by whomever it was written, and a stop waits for neither."""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from jivod.cli.main import main
from tests.smoke.daemon import Daemon, running

pytestmark = pytest.mark.long

WAIT = 10.0  # seconds, on a busy machine
OPEN = (
    sys.executable,
    "-c",
    """
from attrs import evolve

from jivod.model.access import Role
from jivod.service import porch
from jivod.web.pages.viewer import Viewer

class Open:
    async def admit(self, request):
        return Viewer(name="Zeynep", role=Role.AGENT, language=None, zone=None, session="one", csrf="")

    async def remains(self, request):
        return True

made = porch.make_pages

def make_pages(*given, **named):
    pages = made(*given, **named)
    pages.door = Open()
    pages.others = tuple([evolve(other, door=pages.door) for other in pages.others])
    return pages

porch.make_pages = make_pages
from twisted.scripts.twistd import run
run()
""",
)


class Client:
    def __init__(self, port: int) -> None:
        self.port = port
        self.last: str | None = None
        self.heard: list[int] = []

    def join(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        headers = {} if self.last is None else {"Last-Event-ID": self.last}
        self._connection.request("GET", "/live?after=0", headers=headers)
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200

    def hear(self, count: int) -> None:
        """Read until so many have been heard in all."""
        while len(self.heard) < count:
            line = self._answer.readline()
            assert line, "the stream ended"
            if line.startswith(b"id: "):
                self.last = line[4:].decode().strip()
            elif line.startswith(b"data: "):
                self.heard.append(int(self.last or 0))

    def rest(self) -> bytes:
        return self._answer.read()

    def leave(self) -> None:
        self._answer.close()
        self._connection.close()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with running(Daemon(tmp_path, twistd=OPEN)) as made:
        yield made


def test_pages_hear_what_happens_until_the_daemon_stops(daemon: Daemon) -> None:
    daemon.start()
    one, two = Client(daemon.port), Client(daemon.port)
    one.join()
    two.join()
    assert [daemon.post(chat) for chat in ("a", "b", "c")] == [200] * 3
    one.hear(3)
    two.hear(2)
    two.leave()
    done = CliRunner().invoke(main, ["--config", str(daemon.config), "edit", find(daemon, "a"), "attr:size", "41"])
    assert done.exit_code == 0, done.output
    assert daemon.post("d") == 200
    two.join()
    one.hear(5)
    two.hear(5)
    assert one.heard == two.heard == [1, 2, 3, 4, 5]
    status, page = daemon.ask("GET", "/now")
    assert (status, page.count(b'<th scope="row">')) == (200, 5)
    begun = time.monotonic()
    assert daemon.end()[0] == 0
    assert time.monotonic() - begun < 2
    assert one.rest().strip() == two.rest().strip() == b""


def find(daemon: Daemon, chat: str) -> str:
    done = CliRunner().invoke(main, ["--config", str(daemon.config), "find", f"visitor-{chat}@example.com", "--json"])
    return str(orjson.loads(done.output)[0]["id"])
