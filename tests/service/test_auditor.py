"""The auditor: what was only read is on the disk a second later, and what is too old goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import define
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import globalLogPublisher

from jivod.model.audit import API, READ, Record
from jivod.model.errors import StoreFailed
from jivod.service.auditor import DAY, INTERVAL, Auditor
from jivod.service.threads import InlineReaders
from jivod.store import logbook
from jivod.store.ledger import Ledger
from jivod.store.memory import MemoryEngine
from jivod.store.verdict import head, verify

NOVEMBER = 1_793_500_000_000
MONTH = 31 * 86_400_000


@define(eq=False)
class Room:
    ledger: Ledger
    clock: Clock
    auditor: Auditor
    now: int = NOVEMBER
    readers: Any = None

    def read(self, at: int = NOVEMBER) -> None:
        assert self.ledger.note(Record(at=at, by="shop", door=API, action=READ)) is None


@pytest.fixture
def room(tmp_path: Path) -> Room:
    ledger, clock = Ledger(tmp_path / "audit"), Clock()
    made: list[Room] = []
    auditor = Auditor(clock, InlineReaders(MemoryEngine()), ledger, 1, lambda: made[0].now)
    made.append(Room(ledger, clock, auditor))
    return made[0]


@pytest.fixture
def told() -> Any:
    events: list[dict[str, Any]] = []
    globalLogPublisher.addObserver(events.append)
    yield events
    globalLogPublisher.removeObserver(events.append)


def test_what_was_read_is_on_the_disk_a_second_later(room: Room) -> None:
    room.auditor.startService()
    room.read()
    assert not room.ledger.is_flushed
    room.clock.advance(INTERVAL)
    assert room.ledger.is_flushed


def test_stopping_brings_all_to_the_disk(room: Room) -> None:
    room.auditor.startService()
    room.read()
    stopped = room.auditor.stopService()
    assert (stopped.called, room.ledger.is_flushed) == (True, True)
    room.read()  # by whoever is late
    assert verify(room.ledger.directory).records == 3


def test_once_a_day_what_is_too_old_goes_and_the_head_is_told(room: Room, told: list[dict[str, Any]]) -> None:
    for months in range(3):
        room.read(NOVEMBER + months * MONTH)
    room.auditor.startService()
    assert len(logbook.files(room.ledger.directory)) == 3
    room.now += 2 * MONTH
    room.clock.advance(DAY)
    assert [file.month for file in logbook.files(room.ledger.directory)] == ["2026-12", "2027-01"]
    assert not verify(room.ledger.directory).faults
    found = head(room.ledger.directory)
    heads = [(event["number"], event["digest"]) for event in told if "digest" in event]
    assert heads[-1] == (found.number, found.digest)


def test_without_a_log_nothing_is_said(room: Room, told: list[dict[str, Any]]) -> None:
    room.auditor.startService()
    assert not [event for event in told if "digest" in event]
    assert not room.ledger.directory.exists()


def test_a_round_that_fails_is_not_the_last(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.auditor.startService()
    room.read()
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "flush", fail)
        patch.setattr(Ledger, "trim", fail)
        room.clock.advance(DAY)
    room.read()
    room.clock.advance(INTERVAL)
    assert room.ledger.is_flushed


def fail(*_: object) -> Deferred[None]:
    raise StoreFailed("the audit log cannot be written")
