"""Fixtures of the store's tests: `subject` runs a test over every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jivod.store.kv import Engine
from jivod.store.memory import MemoryEngine
from tests.store.engines import ID_KEY, MAKERS, Subject
from tests.store.world import populate


@pytest.fixture(params=sorted(MAKERS))
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with MAKERS[request.param]() as made:
        yield made


@pytest.fixture
def engine(subject: Subject) -> Engine:
    return subject.engine


@pytest.fixture
def memory() -> MemoryEngine:
    return MemoryEngine(ID_KEY)


@pytest.fixture
def sound(memory: MemoryEngine) -> MemoryEngine:
    """A store with something in every table."""
    populate(memory)
    return memory


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where an environment may be made."""
    return tmp_path / "state" / "store"
