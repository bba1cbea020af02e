"""What was found a moment ago: for its time, and within bounds."""

from __future__ import annotations

from twisted.internet.task import Clock

from jivod.web.recent import ROOM, Recent


def test_a_value_is_good_for_its_time() -> None:
    clock = Clock()
    recent: Recent[str, int] = Recent(clock.seconds, 60)
    recent.put("a", 1)
    clock.advance(59)
    assert recent.get("a") == 1
    clock.advance(1)
    assert (recent.get("a"), len(recent)) == (None, 0)


def test_the_one_used_longest_ago_yields() -> None:
    recent: Recent[int, int] = Recent(Clock().seconds, 60)
    for n in range(ROOM):
        recent.put(n, n)
    recent.get(0)
    recent.put(ROOM, ROOM)
    assert (recent.get(0), recent.get(1), recent.get(ROOM), len(recent)) == (0, None, ROOM, ROOM)


def test_without_time_nothing_is_kept() -> None:
    recent: Recent[str, int] = Recent(Clock().seconds, 0)
    recent.put("a", 1)
    assert len(recent) == 0
