"""Errands: one after the other, each by a process; what there is to do stands in the store, so that a restart knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pytest
from attrs import define, evolve, field
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from jivod.flow import errands as flow
from jivod.model import errand as model
from jivod.model.errand import DONE, ERASURE, FAILED, IMPORT, INTERRUPTED, RUNNING, WAITING, Errand
from jivod.model.errors import Busy
from jivod.service.child import Ended
from jivod.service.errands import Errands
from jivod.service.threads import InlineWriter
from jivod.store import erased
from jivod.store import errands as kept
from jivod.store.memory import MemoryEngine

NOW = 1_790_000_000_000


@define(eq=False)
class FakeChild:
    arguments: list[str]
    given: bytes | None
    ended: Deferred[Ended] = field(factory=Deferred)

    def stop(self) -> None:
        self.end(None)

    def end(self, code: int | None = 0, told: Any = None, err: bytes = b"") -> None:
        self.ended.callback(Ended(code=code, out=b"" if told is None else orjson.dumps(told), err=err))


class Moody(InlineWriter):
    """Refuses as often as it is told to."""

    refuses = 0

    def submit(self, job: Any, size: int) -> Any:
        if self.refuses:
            self.refuses -= 1
            raise Busy("busy")
        return super().submit(job, size)


@define(eq=False)
class Office:
    directory: Path
    engine: MemoryEngine = field(factory=MemoryEngine)
    clock: Clock = field(factory=Clock)
    children: list[FakeChild] = field(factory=list)
    writer: Any = None
    errands: Any = None
    trouble: Exception | None = None

    def __attrs_post_init__(self) -> None:
        self.writer = Moody(self.engine)
        self.errands = self.open()

    def open(self) -> Errands:
        def call(arguments: list[str], file: BinaryIO | None, by: str) -> Any:
            if self.trouble is not None:
                raise self.trouble
            self.children.append(FakeChild(arguments, None if file is None else file.read()))
            return self.children[-1]

        return Errands(self.clock, self.writer, call, lambda f, *given: succeed(f(*given)), lambda: NOW, self.directory)

    def do(self, job: Any) -> Any:
        (outcome,) = self.engine.write([job])
        if outcome.error is not None:
            raise outcome.error
        return outcome.value

    def ask(self, number: str, /, kind: str = IMPORT, **asked: Any) -> None:
        if kind == IMPORT:
            self.errands.expect(number, self.errands.pack(b"email\n").result)
        self.do(lambda txn: flow.ask(txn, Errand(id=number, kind=kind, by="shop", asked=asked, asked_at=NOW)))
        self.errands.look(number)

    def states(self) -> dict[str, str]:
        return {one.id: one.state for one in self.engine.read(kept.listed)}

    def one(self, id: str) -> Errand:
        found = self.engine.read(lambda txn: kept.get(txn, id))
        assert found is not None
        return found


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.errands.startService()
    return made


def test_one_after_the_other_and_what_came_of_each_is_kept(office: Office) -> None:
    office.ask("a", format="csv", dry_run=True, map=["x=email"], key="id", name="-x")
    office.ask("b", ERASURE, id="c1", reason="asked by letter")
    assert office.states() == {"a": RUNNING, "b": WAITING}
    (child,) = office.children
    assert child.given == b"email\n"
    assert child.arguments == [
        "import", "-", "--json", "--refused=-", "--limit=100", "--by=shop", "--name=-x", "--key=id", "--format=csv",
        "--map=x=email", "--dry-run",
    ]  # fmt: skip
    child.end(1, {"counts": {"refused": 1}, "refused_rows": "ü\n", "left_out": 0})
    assert (office.one("a").state, office.one("a").rows) == (DONE, "ü\n".encode())
    assert office.one("a").told == {"counts": {"refused": 1}, "left_out": 0}
    assert office.children[1].arguments == [
        "erase", "--json", "--yes", "--reason=asked by letter", "--by=shop", "--", "c1"
    ]  # fmt: skip
    assert office.children[1].given is None
    office.children[1].end(0, {"entry": 7})
    assert office.states() == {"a": DONE, "b": DONE}
    assert (office.one("b").told, office.one("b").ended_at) == ({"entry": 7}, NOW)


@pytest.mark.parametrize(
    ("code", "out", "err", "why"),
    [
        (1, None, b"jivod: no such thing\n", "no such thing"),
        (2, None, b"Usage: x\n\nError: no column is an e-mail\n", "no column is an e-mail"),
        (None, None, b"Traceback", "It ended without a word; the log of jivod tells more."),
        (0, [], b"", "It ended without a word; the log of jivod tells more."),
        (78, {"x": 1}, b"jivod: f:1: wrong\n", "f:1: wrong"),
    ],
)
def test_what_did_not_work_is_told(office: Office, code: int | None, out: Any, err: bytes, why: str) -> None:
    office.ask("a")
    office.children[0].end(code, out, err)
    assert (office.one("a").state, office.one("a").error, office.one("a").told) == (FAILED, why, None)


@pytest.mark.parametrize("error", [OSError(12, "Cannot allocate memory"), MemoryError()])
def test_what_cannot_be_begun_is_told_and_the_next_one_is_done(office: Office, error: Exception) -> None:
    office.trouble = error
    office.ask("a")
    assert (office.one("a").state, office.one("a").error) == (FAILED, f"it could not be begun: {type(error).__name__}")
    office.trouble = None
    office.ask("b")
    office.children[0].end(0, {})
    assert office.states() == {"a": FAILED, "b": DONE}


def test_an_erasure_that_was_done_is_done_whatever_became_of_its_process(office: Office) -> None:
    office.ask("a", ERASURE, id="c1", reason="x")
    office.do(lambda txn: erased.put(txn, "c1", 9))
    office.children[0].end(None)
    assert (office.one("a").state, office.one("a").told, office.one("a").error) == (DONE, {"entry": 9}, None)


def test_the_same_erasure_twice_is_one(office: Office) -> None:
    office.ask("a", ERASURE, id="c1", reason="x")
    office.ask("b", ERASURE, id="c1", reason="y")
    assert office.states() == {"a": RUNNING}


def test_a_restart_takes_up_erasures_and_tells_of_imports_that_they_were_cut_off(office: Office) -> None:
    office.ask("a")
    office.ask("b", ERASURE, id="c1", reason="x")
    office.ask("c")
    office.errands.stopService()
    assert office.states() == {"a": RUNNING, "b": WAITING, "c": WAITING}
    again = office.open()
    again.startService()
    assert office.states() == {"a": INTERRUPTED, "b": RUNNING, "c": WAITING}
    office.children[1].end(0, {"entry": 3})
    assert office.states() == {"a": INTERRUPTED, "b": DONE, "c": INTERRUPTED}


def test_an_erasure_that_was_cut_off_waits_for_the_next_start(office: Office) -> None:
    office.ask("a", ERASURE, id="c1", reason="x")
    office.errands.stopService()
    assert office.states() == {"a": RUNNING}
    again = office.open()
    again.startService()
    assert office.states() == {"a": RUNNING}
    assert len(office.children) == 2


def test_a_file_without_an_errand_is_let_go_and_leaves_no_name_behind(office: Office) -> None:
    parcel: Any = office.errands.pack(b"x").result
    assert list(office.directory.iterdir()) == []
    office.errands.expect("a", parcel)
    office.errands.look("a")
    assert parcel.file.closed
    assert office.children == []


def test_a_busy_store_is_asked_again(office: Office) -> None:
    office.writer.refuses = 2
    office.ask("a")
    assert office.children == []
    office.clock.pump([1.0, 1.0, 1.0])
    assert len(office.children) == 1


def test_it_ends_with_the_daemon_while_it_waits_for_a_busy_store(office: Office) -> None:
    office.writer.refuses = 100
    office.errands.startService()
    done: list[object] = []
    office.errands.stopService().addCallback(done.append)
    office.clock.advance(0)
    assert done == [None] and office.clock.getDelayedCalls() == []


def test_all_that_is_over_makes_room_and_what_is_not_stays(office: Office) -> None:
    office.ask("0000", ERASURE, id="c1", reason="x")
    for number in range(kept.MOST + 5):
        one = Errand(id=f"b{number:03d}", kind=IMPORT, by="x", asked={}, asked_at=NOW, state=DONE)
        office.do(lambda txn, one=one: kept.add(txn, one))
    there = office.engine.read(kept.listed)
    assert len(there) == kept.MOST
    assert there[0].id == "0000"


@pytest.mark.parametrize("state", model.STATES)
def test_a_record_comes_back(state: str) -> None:
    one = Errand(id="a", kind=IMPORT, by="ü", asked={"map": ["x=-"]}, asked_at=1, state=state, rows=b"x\ny\n")
    assert kept.decode(kept.encode(one)) == one
    assert kept.decode(kept.encode(evolve(one, told={"n": 1}, error="e"))) == evolve(one, told={"n": 1}, error="e")
