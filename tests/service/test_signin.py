"""The link that makes the first user: one for each start, none where there is anybody, and no secret for a journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import ensureDeferred

from jivod.config.settings import Settings
from jivod.flow import staff
from jivod.model.access import Role
from jivod.service.signin import make_invite
from jivod.service.threads import InlineReaders, InlineWriter
from jivod.store.memory import MemoryEngine

SETTINGS = Settings(state_dir=Path("/nowhere"), channels=(), public_url="https://crm.example.com")


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine(bytes(32))


def invited(engine: Any, *, may_say: bool = True) -> str | None:
    invite = make_invite(SETTINGS, InlineReaders(engine), InlineWriter(engine), lambda: 1)  # type: ignore[arg-type]
    found: list[Any] = []
    ensureDeferred(invite(may_say)).addCallback(found.append)  # type: ignore[arg-type]
    link: str | None = found[0]
    return link


def is_good(engine: MemoryEngine, link: str | None) -> bool:
    assert link is not None
    return engine.read(lambda txn: staff.is_first_link(txn, link.rpartition("/")[2], 2))


def test_each_start_makes_a_link_and_voids_the_one_before(engine: MemoryEngine) -> None:
    first = invited(engine)
    assert first is not None and first.startswith("https://crm.example.com/welcome/")
    assert is_good(engine, first)
    second = invited(engine)
    assert is_good(engine, second) and not is_good(engine, first)


def test_a_journal_gets_none_and_the_one_before_stays_good(engine: MemoryEngine) -> None:
    first = invited(engine)
    assert invited(engine, may_say=False) == ""
    assert is_good(engine, first)


def test_where_there_is_somebody_there_is_none(engine: MemoryEngine) -> None:
    first = invited(engine)
    engine.write([lambda txn: staff.add(txn, "somebody", Role.AGENT, 1)])
    assert invited(engine) is None
    assert not is_good(engine, first)
