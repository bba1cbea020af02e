"""The sequence: in order, each awaited, both ways."""

from __future__ import annotations

from typing import Any

from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st
from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed

from jivod.service.sequence import Sequence


@define(eq=False)
class Diary:
    """What happened, and the events still to happen."""

    lines: list[str] = field(factory=list)
    open: list[Deferred[None]] = field(factory=list)
    failures: list[Exception] = field(factory=list)

    def finish(self) -> None:
        """Let all that is under way come to its end."""
        while self.open:
            self.open.pop(0).callback(None)


class Child(Service):
    def __init__(self, name: str, diary: Diary, *, slow: bool = True, fails: bool = False) -> None:
        self.title, self.diary, self.slow, self.fails = name, diary, slow, fails

    def _do(self, what: str) -> Any:
        self.diary.lines.append(f"{what} {self.title}")
        if self.fails:
            raise ValueError(what)
        if not self.slow:
            return succeed(None)
        done: Deferred[None] = Deferred()
        self.diary.open.append(done)
        return done.addCallback(lambda _: self.diary.lines.append(f"{what} {self.title} done"))

    def startService(self) -> Any:
        super().startService()
        return self._do("start")

    def stopService(self) -> Any:
        super().stopService()
        return self._do("stop")


def sequence(diary: Diary, *children: Child) -> Sequence:
    made = Sequence(diary.failures.append)
    for child in children:
        child.setServiceParent(made)
    return made


def test_each_starts_after_the_one_before_has_started() -> None:
    diary = Diary()
    sequence(diary, Child("a", diary), Child("b", diary)).startService()
    assert diary.lines == ["start a"]
    diary.finish()
    assert diary.lines == ["start a", "start a done", "start b", "start b done"]


@given(st.lists(st.booleans(), max_size=6))
def test_all_stop_in_the_reverse_order_however_slow_each_is(slow: list[bool]) -> None:
    diary = Diary()
    names = [str(n) for n in range(len(slow))]
    service = sequence(diary, *(Child(n, diary, slow=s) for n, s in zip(names, slow, strict=True)))
    service.startService()
    diary.finish()
    diary.lines.clear()
    stopped = service.stopService()
    diary.finish()
    assert stopped.called
    assert [line[5:] for line in diary.lines if not line.endswith("done")] == names[::-1]
    expected = [f"stop {n}{end}" for n, s in zip(names, slow, strict=True) for end in ([" done", ""] if s else [""])][
        ::-1
    ]
    assert diary.lines == expected


def test_one_that_does_not_start_stops_those_before_it_and_is_told() -> None:
    diary = Diary()
    service = sequence(
        diary, Child("a", diary, slow=False), Child("b", diary, fails=True), Child("c", diary, slow=False)
    )
    service.startService()
    assert diary.lines == ["start a", "start b", "stop a"]
    assert [str(error) for error in diary.failures] == ["start"]


def test_a_stop_during_the_start_waits_for_it() -> None:
    diary = Diary()
    service = sequence(diary, Child("a", diary), Child("b", diary))
    service.startService()
    stopped = service.stopService()
    assert not stopped.called
    diary.finish()
    assert stopped.called
    assert diary.lines == ["start a", "start a done", "stop a", "stop a done"]
