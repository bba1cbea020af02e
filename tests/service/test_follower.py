"""The follower: it follows, rests, stops where it must, goes on by itself, and never ends the daemon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.task import Clock

from jivod.flow import following
from jivod.model.errors import Busy
from jivod.service import follower
from jivod.service.follower import AGAIN, FIRST, INTERVAL, Follower
from jivod.store import side
from jivod.web.exposition import render
from jivod.web.metrics import Metrics
from jivod.web.way import LOOK
from tests.flow.beside import Beside, beside
from tests.flow.test_following import message
from tests.flow.world import accepted, finished


class InlineThread:
    """`OwnThread` without a thread."""

    started = stopped = False

    def start(self) -> None:
        self.started = True

    def call(self, function: Callable[[], Any]) -> Deferred[Any]:
        return maybeDeferred(function)

    def stop(self) -> None:
        self.stopped = True


@define(eq=False)
class Bench:
    live: Beside
    clock: Clock = field(factory=Clock)
    thread: InlineThread = field(factory=InlineThread)
    metrics: Metrics = field(factory=Metrics)
    gave_way: list[float] = field(factory=list)
    service: Follower = field(init=False)

    def __attrs_post_init__(self) -> None:
        live = self.live
        self.service = Follower(
            self.clock,
            self.thread,
            lambda: live.world.engine,
            lambda: live.file,
            live.zone,
            self.metrics,
            self.give_way,
        )  # type: ignore[arg-type]

    def give_way(self, seconds: float) -> None:
        self.gave_way.append(seconds)
        self.clock.rightNow += 50.0
        self.metrics.queued_events -= 1

    def start(self) -> None:
        self.service.startService()
        self.clock.advance(FIRST)

    def rest(self, seconds: float = INTERVAL) -> None:
        self.clock.advance(seconds)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with beside() as live:
        made = Bench(live)
        yield made
        if made.service.running:
            made.service.stopService()


def test_it_begins_when_the_daemon_is_up_and_goes_on_as_events_come(bench):
    bench.live.world.tell(finished(1, messages=[message("merhaba")]))
    bench.service.startService()
    assert bench.live.find("merhaba").behind is None
    bench.rest(FIRST)
    assert bench.live.said("merhaba") == ["[merhaba]"]
    bench.live.world.tell(finished(2, messages=[message("selam")]))
    bench.rest()
    assert (bench.live.said("selam"), bench.metrics.search_behind) == (["[selam]"], 0)


def test_a_long_history_is_followed_in_steps_and_the_lag_is_told(bench, monkeypatch):
    monkeypatch.setattr(following, "follow", lambda *a, along: FOLLOW(*a, 2))
    for chat in range(5):
        bench.live.world.tell(accepted(chat + 1, name="Ayşe", number=chat + 1))
    bench.start()
    assert bench.metrics.search_behind == 3
    bench.rest(follower.BREATH)
    bench.rest(follower.BREATH)
    assert bench.metrics.search_behind == 0
    assert b"jivod_search_behind_entries 0.0" in render(bench.metrics)


FOLLOW = following.follow


def test_it_steps_aside_while_events_come_in(bench, monkeypatch):
    def follow(*arguments: Any, along: Any) -> following.Step:
        bench.clock.rightNow += 0.1  # so long it works
        bench.metrics.committed(events, 0.001)
        return FOLLOW(*arguments, 1)

    events = follower.FEW + 1
    monkeypatch.setattr(following, "follow", follow)
    for chat in range(9):
        bench.live.world.tell(accepted(chat + 1, name="Ayşe", number=chat + 1))
    bench.start()
    behind = bench.metrics.search_behind
    bench.rest(0.1 * follower.ASIDE - 0.01)
    assert bench.metrics.search_behind == behind
    events = follower.FEW
    bench.rest(0.02)
    assert bench.metrics.search_behind == behind - 1
    bench.rest(0.11)
    assert bench.metrics.search_behind == behind - 2


def test_it_gives_way_where_events_wait(bench):
    bench.live.world.tell(finished(1, messages=[message("merhaba")]))
    bench.metrics.queued_events = 3
    bench.start()
    assert (bench.gave_way, bench.live.said("merhaba")) == ([LOOK] * 3, ["[merhaba]"])


def test_it_does_not_rest_for_having_given_way(bench, monkeypatch):
    def follow(*arguments: Any, along: Any) -> following.Step:
        bench.metrics.committed(follower.FEW + 1, 0.001)
        return FOLLOW(*arguments, 1, along)

    monkeypatch.setattr(following, "follow", follow)
    for chat in range(9):
        bench.live.world.tell(accepted(chat + 1, name="Ayşe", number=chat + 1))
    bench.metrics.queued_events = 2
    bench.start()
    behind = bench.metrics.search_behind
    bench.rest(follower.BREATH)
    assert (len(bench.gave_way), bench.metrics.search_behind) == (2, behind - 1)


def test_it_stops_at_once_and_for_good(bench):
    bench.start()
    done: list[object] = []
    bench.service.stopService().addCallback(done.append)
    assert done == [None] and bench.thread.stopped and bench.clock.getDelayedCalls() == []


def test_it_does_not_rest_where_it_was_stopped_in_the_middle_of_a_step(bench, monkeypatch):
    """After a long step the rest would be minutes, and the daemon would not end before it."""
    under_way: Deferred[Any] = Deferred()
    monkeypatch.setattr(bench.thread, "call", lambda function: under_way)
    bench.start()
    done: list[object] = []
    bench.service.stopService().addCallback(done.append)
    assert done == []
    monkeypatch.undo()
    bench.clock.rightNow += 3.0
    under_way.callback(following.Step(seen=1, last=9, again=False))
    assert done == [None] and bench.thread.stopped and bench.clock.getDelayedCalls() == []


def test_a_nearly_full_disk_stops_it_until_there_is_room_again(bench, monkeypatch):
    bench.live.world.tell(finished(1, messages=[message("merhaba")]))
    monkeypatch.setattr(side.Side, "free", lambda self: follower.SPARE - 1)
    bench.start()
    bench.rest()
    assert bench.metrics.search_stopped == 1 and bench.live.find("merhaba").behind is None
    assert b"jivod_search_stopped 1.0" in render(bench.metrics)
    monkeypatch.setattr(side.Side, "free", lambda self: follower.SPARE)
    bench.rest(AGAIN)
    assert (bench.metrics.search_stopped, bench.live.said("merhaba")) == (0, ["[merhaba]"])


def test_a_file_that_is_damaged_is_made_anew(bench):
    bench.live.world.tell(finished(1, messages=[message("merhaba")]))
    bench.start()
    bench.live.file.close()
    (bench.live.directory / side.NAME).write_bytes(b"no database" * 1000)
    bench.rest()
    bench.rest()
    assert (bench.live.said("merhaba"), bench.metrics.search_stopped) == (["[merhaba]"], 0)


@pytest.mark.parametrize("error", [RuntimeError("x"), OSError(5, "I/O error")])
def test_what_nobody_thought_of_is_logged_and_tried_again_later(bench, monkeypatch, error):
    bench.live.world.tell(finished(1, messages=[message("merhaba")]))
    monkeypatch.setattr(following, "follow", raising(error))
    bench.start()
    assert bench.metrics.search_stopped == 1
    monkeypatch.setattr(following, "follow", FOLLOW)
    bench.rest(AGAIN)
    assert (bench.live.said("merhaba"), bench.metrics.search_stopped) == (["[merhaba]"], 0)


def test_another_writer_is_no_reason_to_stop(bench, monkeypatch):
    bench.live.world.tell(finished(1, messages=[message("merhaba")]))
    monkeypatch.setattr(following, "follow", raising(Busy("x")))
    bench.start()
    assert bench.metrics.search_stopped == 0
    monkeypatch.setattr(following, "follow", FOLLOW)
    bench.rest()
    assert bench.live.said("merhaba") == ["[merhaba]"]


def raising(error: Exception) -> Callable[..., Any]:
    def follow(*_: object, along: object) -> Any:
        raise error

    return follow


def test_the_side_file_lies_in_the_state_directory(tmp_path: Path):
    class Settings:
        state_dir, zone = tmp_path, "UTC"

    file = follower.side_of(Settings)()  # type: ignore[arg-type]
    file.write(lambda rows: None)
    assert (tmp_path / side.NAME).exists()
    file.close()
