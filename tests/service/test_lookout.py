"""Lookout: each second it is seen what other processes did to the store; an error is another try."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from twisted.internet.task import Clock

from jivod.model.access import READ, Access
from jivod.service.lookout import INTERVAL, Lookout
from jivod.service.threads import InlineReaders
from jivod.store import tokens
from jivod.store.memory import MemoryEngine

SHOP = Access(name="shop", scope=READ, digest="ab" * 32, created_at=7)


class Followed(MemoryEngine):
    """Counts how often it was asked whether another one took its place; fails while it is told to."""

    asked = 0
    fails = False

    def follow(self) -> bool:
        self.asked += 1
        if self.fails:
            raise RuntimeError("no")
        return self.asked == 2


def test_each_second_it_is_seen_which_store_and_which_tokens_there_are(caplog: pytest.LogCaptureFixture) -> None:
    engine, clock = Followed(), Clock()
    learned: list[Sequence[Access]] = []
    lookout = Lookout(clock, InlineReaders(engine), learned.append)
    lookout.startService()
    assert (engine.asked, learned) == (1, [[]])
    engine.write([lambda txn: tokens.put(txn, SHOP)])
    engine.fails = True
    clock.advance(INTERVAL)
    assert learned == [[]]
    engine.fails = False
    clock.advance(INTERVAL)
    assert (engine.asked, learned[-1]) == (3, [SHOP])
    lookout.stopService()
    clock.advance(INTERVAL)
    assert engine.asked == 3
