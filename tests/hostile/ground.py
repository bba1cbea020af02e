"""Ground: a shop under attack. What every answer must keep to is looked at when it comes, all else when it is left.

G1: alive, no exception logged, no file left open. G2: what was acknowledged is there, and the check finds nothing. G3:
an error is small JSON that repeats nothing. G4: a line of the log for each refusal, and nobody's data in any.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from io import StringIO
from typing import Any

import orjson
from attrs import define, field, frozen
from twisted.logger import LogEvent, globalLogPublisher

from jivod.flow.query import find, history, show
from jivod.flow.transcript import transcript
from jivod.model.chat import Transcript
from jivod.model.customer import GoldenRecord
from jivod.model.entry import Entry
from jivod.model.event import Event
from jivod.policy.rules import DEFAULT
from jivod.service.log import LineObserver
from jivod.store import journal, quarantine
from jivod.store.check import check
from jivod.wire import jivo
from tests.hold import private
from tests.web.shop import EVENT, HOOK, SECRET, Reply, Shop, open_shop

STORED, QUARANTINED, NOTHING = "S", "Q", "-"
LARGEST = 1024  # bytes of an error
_LOOKED_THROUGH = 4096  # bytes of a body of which each value is looked for in the log
_OUR_WORDS = frozenset({"Infinity"})  # which we say ourselves
_OF_OURS = re.compile(r"Traceback|\.py\b|/(?:usr|home|var|tmp|etc)/|jivod/|Python|Twisted|Klein", re.IGNORECASE)


@frozen
class Outcome:
    """What came of a body: the answer, and where the body is now."""

    reply: Reply
    kept: str
    entry: Entry | None

    @property
    def is_ok(self) -> bool:
        """Answered ok and stored."""
        return (self.reply.status, self.kept, self.reply.json["result"]) == (200, STORED, "ok")

    @property
    def event(self) -> Event:
        """The event as it was read."""
        assert self.entry is not None
        return jivo.read(self.entry.body).event

    @property
    def code(self) -> str:
        return f"{self.reply.status} {self.reply.code}"


@define(eq=False)
class Ground:
    """`post` sends a body as Jivo would, and judges the answer."""

    shop: Shop = field(factory=open_shop)
    log: StringIO = field(factory=StringIO)
    failed: list[LogEvent] = field(factory=list)
    private: set[str] = field(factory=set)
    acknowledged: list[bytes] = field(factory=list)
    refused: int = 0

    def post(self, body: bytes | dict[str, Any], path: str = HOOK, **headers: str) -> Outcome:
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        entries, kept_raw = self._counts()
        reply = self.shop.post(raw, path, **headers)
        now, raw_now = self._counts()
        if len(raw) <= _LOOKED_THROUGH:
            self.private |= private.values(raw)
        if reply.status == 200:
            self.acknowledged.append(raw)
        else:
            self._judge_error(reply, raw)
        kept = STORED if now > entries else QUARANTINED if raw_now > kept_raw else NOTHING
        return Outcome(reply, kept, self.shop.engine.read(lambda txn: journal.get(txn, now)) if now > entries else None)

    def golden(self, query: str) -> GoldenRecord:
        """The one customer who is found."""
        (found,) = self.found(query)
        return found

    def found(self, query: str) -> list[GoldenRecord]:
        return self.shop.engine.read(
            lambda txn: find(txn, query, DEFAULT, accounts=("main", "branch", "club"), regions=("TR",))
        )

    def of(self, outcome: Outcome) -> GoldenRecord:
        """The customer whose link stands in the answer."""
        id = outcome.reply.json["crm_link"].rpartition("/")[2]
        found = self.shop.engine.read(lambda txn: show(txn, id, DEFAULT))
        assert found is not None
        return found

    def chat(self, id: str) -> Transcript:
        """His newest conversation."""
        return self.shop.engine.read(lambda txn: transcript(txn, history(txn, id, 1)[0]))

    def lines(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.log.getvalue().splitlines()]

    def judge(self) -> None:
        """All that holds when it is over."""
        assert self.shop.post(EVENT.replace(b"7507", b'"the last one"')).status == 200
        assert self.shop.engine.read(lambda txn: list(check(txn))) == []
        entries = self.shop.engine.read(lambda txn: [entry.body for entry in journal.after(txn, 0, 100_000)])
        assert len(set(entries)) == len(entries)
        assert set(self.acknowledged) <= {*entries, *self._repeats(entries)}
        lines = self.lines()
        assert (self.failed, [line for line in lines if "traceback" in line]) == ([], [])
        assert len(lines) == self.refused
        assert private.shown(self.log.getvalue(), {*self.private, SECRET}) == set()

    def _repeats(self, entries: list[bytes]) -> list[bytes]:
        known = {jivo.read(body).digest for body in entries}
        return [body for body in self.acknowledged if jivo.read(body).digest in known]

    def _counts(self) -> tuple[int, int]:
        return self.shop.engine.read(lambda txn: (journal.last(txn), quarantine.given(txn)))

    def _judge_error(self, reply: Reply, raw: bytes) -> None:
        assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
        assert len(reply.body) <= LARGEST
        shown = orjson.loads(reply.body)
        assert shown.keys() == {"result", "error"} and shown["error"].keys() == {"code", "request_id"}
        assert shown["result"].endswith(".") and not _OF_OURS.search(reply.body.decode())
        if len(raw) <= _LOOKED_THROUGH:
            assert private.shown(reply.body.decode(), {*private.values(raw), SECRET} - _OUR_WORDS) == set()
        self.refused += shown["error"]["code"] != "empty_body"  # which tells nothing that the metrics do not


def _open_files() -> set[str]:
    """What this process has open, but for what is nobody's file: pipes, sockets, the timers of a reactor."""
    targets = set()
    for descriptor in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            targets.add(os.readlink(f"/proc/self/fd/{descriptor}").removesuffix(" (deleted)"))
    return {target for target in targets if target.startswith("/")}


@cache
def _warm_up() -> None:
    """What is opened once for all is opened."""
    open_shop().post(EVENT)


@contextmanager
def attacked() -> Iterator[Ground]:
    """A ground, judged at the end."""
    _warm_up()
    ground = Ground()
    observer = LineObserver(ground.log, plain=False)

    def observe(event: LogEvent) -> None:
        observer(event)
        if "log_failure" in event or event.get("isError"):
            ground.failed.append(event)

    before = _open_files()
    globalLogPublisher.addObserver(observe)
    try:
        yield ground
        ground.judge()
    finally:
        globalLogPublisher.removeObserver(observe)
    left = _open_files() - before
    assert not left, left
