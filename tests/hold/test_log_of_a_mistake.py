"""A mistake of ours may hold anything in its message: the log names its kind and its place, and not its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from typing import Any

import pytest
from attrs import define, field
from twisted.logger import globalLogPublisher

from jivod.service.log import LineObserver
from jivod.store.kv import Engine, Job, Outcome, Size, T
from jivod.store.memory import MemoryEngine
from tests.hold.private import shown, values
from tests.web.shop import EVENT, Shop, open_shop


@define(eq=False)
class MistakenEngine:
    """Its first write is rolled back with an error that holds the whole body, as a mistake of ours might."""

    inner: Engine = field(factory=MemoryEngine)
    raised: bool = False

    def write(self, jobs: Sequence[Job[Any]]) -> list[Outcome]:
        if self.raised:
            return self.inner.write(jobs)
        self.raised = True
        return [Outcome(error=LookupError(EVENT.decode()))]

    def read(self, job: Job[T]) -> T:
        return self.inner.read(job)

    def size(self) -> Size:
        return self.inner.size()

    def reader_check(self) -> int:
        return self.inner.reader_check()

    def close(self) -> None:
        self.inner.close()


@pytest.fixture(params=[pytest.param(False, id="json"), pytest.param(True, id="plain")])
def log(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    out = StringIO()
    observer: Any = LineObserver(out, plain=request.param)
    globalLogPublisher.addObserver(observer)
    yield out.getvalue
    globalLogPublisher.removeObserver(observer)


def test_the_words_of_an_internal_error_are_not_logged(log: Callable[[], str]) -> None:
    mistaken: Shop = open_shop(MistakenEngine())
    assert mistaken.post(EVENT).status == 500
    assert "LookupError" in log()
    assert shown(log(), values(EVENT)) == set()
