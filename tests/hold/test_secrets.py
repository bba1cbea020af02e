"""A wrong secret never comes near the store."""

from __future__ import annotations

import http.client
from collections.abc import Sequence
from typing import Any

import pytest
from attrs import define, field

from jivod.store.kv import Engine, Job, Outcome, Size, T
from jivod.store.memory import MemoryEngine
from tests.hold.logged import LoggedDaemon
from tests.smoke.daemon import SECRET, event
from tests.web.shop import EVENT, HOOK, Shop, open_shop
from tests.web.shop import SECRET as SHOP_SECRET

BODIES = {
    "event": EVENT,
    "not json": b"{",
    "empty": b"",
    "one MiB": b"x" * (1 << 20),
    "compressed": b"\x1f\x8b\x08",
}
PATHS = (
    "/jivo/wrong",
    f"{HOOK}x",
    f"/jivo/{SHOP_SECRET[:-1]}",
    "/jivo/%00",
    f"/jivo/wrong/{SHOP_SECRET}",
    f"{HOOK}/a/b",
)
GUESSES = 40  # beyond the tries of one address


@define(eq=False)
class CountingEngine:
    """Counts every call, whatever it is."""

    inner: Engine = field(factory=MemoryEngine)
    calls: list[str] = field(factory=list)

    def write(self, jobs: Sequence[Job[Any]]) -> list[Outcome]:
        self.calls.append("write")
        return self.inner.write(jobs)

    def read(self, job: Job[T]) -> T:
        self.calls.append("read")
        return self.inner.read(job)

    def size(self) -> Size:
        self.calls.append("size")
        return self.inner.size()

    def reader_check(self) -> int:
        self.calls.append("reader_check")
        return self.inner.reader_check()

    def close(self) -> None:
        self.calls.append("close")
        self.inner.close()


@pytest.fixture
def engine() -> CountingEngine:
    return CountingEngine()


@pytest.fixture
def counted(engine: CountingEngine) -> Shop:
    return open_shop(engine)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("path", PATHS)
def test_no_call_of_the_engine_is_made_for_a_wrong_secret(
    counted: Shop, engine: CountingEngine, path: str, body: bytes
) -> None:
    assert counted.post(body, path).status == 404
    assert counted.post(body, path, Content_Encoding="gzip").status == 404
    assert engine.calls == []


def test_no_call_of_the_engine_is_made_for_who_goes_on_guessing(counted: Shop, engine: CountingEngine) -> None:
    statuses = {counted.post(EVENT, f"/jivo/guess-{n}").status for n in range(GUESSES)}
    assert (statuses, engine.calls) == ({404, 429}, [])


def test_one_call_of_the_engine_is_made_for_the_right_one(counted: Shop, engine: CountingEngine) -> None:
    assert counted.post(EVENT).status == 200
    assert engine.calls == ["write"]


def test_the_daemon_commits_nothing_for_wrong_secrets(daemon: LoggedDaemon) -> None:
    daemon.start()
    assert daemon.post("first") == 200
    data = daemon.data / "data.mdb"
    before = data.stat().st_mtime_ns, daemon.metric("jivod_group_events_count")
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=5)
    for n in range(GUESSES):
        connection.request("POST", f"/jivo/{SECRET}{n}", event(f"guess-{n}"))
        response = connection.getresponse()
        response.read()
        assert response.status in (404, 429)
    connection.close()
    assert daemon.metric("jivod_bad_secrets_total") == GUESSES
    assert (data.stat().st_mtime_ns, daemon.metric("jivod_group_events_count")) == before
    assert daemon.chats() == ["first"]
