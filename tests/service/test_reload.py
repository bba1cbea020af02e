"""Reload: the policy at the start, another while events come in, a bad one that changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet import reactor as installed
from twisted.internet.defer import Deferred, gatherResults
from twisted.logger import LogEvent, globalLogPublisher

from jivod.flow.ingest import Delivery, ingest
from jivod.flow.replay import differences, rebuild
from jivod.model.errors import BadConfig, Busy, StoreFull
from jivod.service.policy import Policy, read
from jivod.service.reload import Reload
from jivod.service.threads import InlineWriter, Writer
from jivod.store import journal, meta, policies, reasons
from jivod.store.kv import Engine, Job, T
from jivod.store.lmdb import open_engine
from jivod.store.memory import MemoryEngine
from jivod.web.metrics import Metrics
from jivod.web.rulebook import Rulebook
from jivod.wire import jivo
from tests.flow.world import DESK, ORIGIN, START, accepted

STRICT = '[identity]\ntoo_common = 2\n\n[blocked]\nemails = ["info@*"]\n'
LAX = "[identity]\ntoo_common = 9\n"
BAD = "\ntoo_common = 1\n"
reactor: Any = installed
Told = list[LogEvent]


@define(eq=False)
class House:
    """A daemon's worth of what a reload touches. `diary` is what the supervisor heard."""

    file: Path
    engine: Any = field(factory=MemoryEngine)
    writer: Any = None
    in_thread: Callable[[Callable[[], Policy]], Any] = field(default=lambda function: maybe(function))
    rulebook: Rulebook = field(factory=lambda: Rulebook(DESK))
    diary: list[str] = field(factory=list)
    started: Deferred[None] = field(factory=Deferred)

    def __attrs_post_init__(self) -> None:
        self.writer = self.writer or InlineWriter(self.engine)

    def open(self, *, configured: bool = True) -> Reload:
        path = self.file if configured else None
        service = Reload(path, read(path), self.rulebook, self.writer, self.in_thread, self)
        self.started = service.startService()
        return service

    def reloading(self) -> None:
        self.diary.append("reloading")

    def reloaded(self) -> None:
        self.diary.append("reloaded")

    def adopted(self) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = self.engine.read(policies.listed)
        return found


def maybe(function: Callable[[], Policy]) -> Deferred[Policy]:
    result: Deferred[Policy] = Deferred()
    try:
        result.callback(function())
    except BadConfig as error:
        result.errback(error)
    return result


@pytest.fixture
def house(tmp_path: Path) -> House:
    file = tmp_path / "policy.toml"
    file.write_text(STRICT)
    return House(file)


@pytest.fixture
def told() -> Iterator[Told]:
    seen: Told = []
    observer: Any = seen.append
    globalLogPublisher.addObserver(observer)
    yield seen
    globalLogPublisher.removeObserver(observer)


def lines(told: Told) -> list[tuple[str, str]]:
    return [(event["log_level"].name, event["log_format"]) for event in told if "log_format" in event]


def test_before_the_first_event_the_policy_is_in_force(house: House, told: Told) -> None:
    service = house.open()
    assert house.adopted() == [(1, STRICT)]
    assert house.rulebook.rules.too_common == 2
    assert lines(told) == [("info", "policy taken into use")]
    assert (told[0]["differs"], told[0]["file"], told[0]["changed"]) == (2, str(house.file), True)
    assert service.running and house.diary == []


def test_a_start_with_the_policy_of_before_notes_nothing_new(house: House) -> None:
    house.open().stopService()
    house.rulebook = Rulebook(DESK)
    house.open()
    assert house.adopted() == [(1, STRICT)]
    assert house.rulebook.rules.too_common == 2


def test_without_a_file_the_built_in_policy_is_in_force_again(house: House, told: Told) -> None:
    house.open().stopService()
    service = house.open(configured=False)
    assert house.adopted() == [(1, "")]
    assert house.rulebook.rules == DESK.rules
    told.clear()
    service.again()
    assert lines(told) == [("info", "no policy file is configured, so nothing was read again")]


def test_a_good_policy_is_taken_into_use(house: House, told: Told) -> None:
    service = house.open()
    house.file.write_text(LAX)
    told.clear()
    service.again()
    assert house.rulebook.rules.too_common == 9
    assert house.diary == ["reloading", "reloaded"]
    ((level, line),) = lines(told)
    assert (level, told[0]["differs"], told[0]["warnings"]) == ("info", 1, 1)
    assert line.startswith("policy taken into use; what else has changed in the configuration waits for a restart")


def test_a_bad_policy_is_refused_and_the_one_in_force_stays(house: House, told: Told) -> None:
    service = house.open()
    house.file.write_text(BAD)
    told.clear()
    service.again()
    assert house.adopted() == [(1, STRICT)]
    assert house.rulebook.rules.too_common == 2
    assert house.diary == ["reloading", "reloaded"]
    assert lines(told) == [("error", "policy refused, the one in force stays")]
    assert told[0]["reason"].startswith(f"{house.file}:2: ")
    house.file.write_text(LAX)
    service.again()
    assert house.rulebook.rules.too_common == 9


def test_a_bad_policy_at_the_start_is_refused_with_its_line(house: House) -> None:
    house.file.write_text(BAD)
    with pytest.raises(BadConfig, match=rf"^{house.file}:2: "):
        house.open()


@pytest.mark.parametrize("error", [Busy("Too many events are waiting."), StoreFull("The disk is full.")])
def test_what_cannot_be_kept_is_not_taken_into_use(house: House, told: Told, error: Exception) -> None:
    service = house.open()
    house.file.write_text(LAX)
    told.clear()
    working, house.writer.submit = house.writer.submit, refusing(error)
    service.again()
    assert house.rulebook.rules.too_common == 2
    assert [level for level, _ in lines(told)] == ["error"]
    house.writer.submit = working
    service.again()
    assert house.rulebook.rules.too_common == 9


def refusing(error: Exception) -> Callable[[Job[Any], int], Deferred[Any]]:
    def submit(job: Job[Any], size: int) -> Deferred[Any]:
        raise error

    return submit


def test_who_asks_during_a_reload_is_heard_once_it_is_done(house: House) -> None:
    waiting: list[Deferred[Policy]] = []
    house.in_thread = lambda function: waiting.append(Deferred()) or waiting[-1]  # type: ignore[func-returns-value]
    service = house.open()
    for _ in range(3):
        service.again()
    assert len(waiting) == 1
    waiting[0].callback(read(house.file))
    assert len(waiting) == 2
    waiting[1].callback(read(house.file))
    assert len(waiting) == 2
    assert house.diary == ["reloading", "reloaded"] * 2


def test_who_asks_before_the_start_is_done_is_heard_then(house: House) -> None:
    first: list[tuple[Job[bool], Deferred[bool]]] = []

    class Slow:
        def submit(self, job: Job[T], size: int) -> Deferred[T]:
            home: Deferred[T] = Deferred()
            first.append((job, home))  # type: ignore[arg-type]
            return home

    house.writer = Slow()
    service = house.open()
    house.file.write_text(LAX)
    service.again()
    assert house.diary == []
    first[0][1].callback(True)
    assert (house.diary, len(first)) == (["reloading"], 2)


def test_stopping_waits_for_the_reload_and_takes_nothing_into_use(house: House) -> None:
    waiting: list[Deferred[Policy]] = []
    house.in_thread = lambda function: waiting.append(Deferred()) or waiting[-1]  # type: ignore[func-returns-value]
    service = house.open()
    house.file.write_text(LAX)
    service.again()
    ended: list[None] = []
    service.stopService().addCallback(ended.append)
    assert ended == []
    waiting[0].callback(read(house.file))
    assert ended == [None]
    assert house.adopted() == [(1, STRICT)]
    service.again()
    assert len(waiting) == 1


@pytest_twisted.ensureDeferred
async def test_events_that_are_queued_around_a_reload_are_decided_by_the_policy_of_their_place(tmp_path: Path) -> None:
    with closing(open_engine(tmp_path / "data", 1 << 26)) as engine:
        file = tmp_path / "policy.toml"
        file.write_text(LAX)
        writer = start_writer(engine)
        house = House(file, engine, writer)
        service = house.open()
        await house.started
        for start, text in enumerate((STRICT, LAX, STRICT, LAX)):
            file.write_text(text)
            await gatherResults(crowd(house, service, start * 100))
        service.stopService()
        await writer.stopService()
        assert [text for _, text in house.adopted()] == [LAX, STRICT, LAX, STRICT, LAX]
        assert [seq for seq, _ in house.adopted()] == [1, 11, 41, 71, 101]
        assert blocked(engine) == expected(engine)
        assert differences_to_a_rebuild(engine, tmp_path / "twin") == []


def start_writer(engine: Engine) -> Writer:
    writer = Writer(
        lambda: engine,
        reactor.callFromThread,
        reactor.callLater,
        Metrics(),
        lambda error: None,
        queue_events=100_000,
        queue_bytes=1 << 30,
    )
    writer.startService()
    return writer


def crowd(house: House, service: Reload, number: int) -> list[Deferred[Any]]:
    """Events before and behind a reload, all in one group; the job that fails among them makes it run twice."""
    waits = [tell(house, number + n) for n in range(10)]
    service.again()
    waits += [tell(house, number + n) for n in range(10, 20)]
    waits.append(house.writer.submit(lambda txn: 1 // 0, 1).addErrback(lambda failure: None))
    return waits + [tell(house, number + n) for n in range(20, 30)]


def tell(house: House, number: int) -> Deferred[Any]:
    """An event with an e-mail that one of the two policies blocks."""
    person = {"email": "info@example.com", "phone": f"+90532111{number % 7:04}", "name": f"Ayşe {number % 3}"}
    body = orjson.dumps(accepted(number, **person))
    delivery = Delivery(origin=ORIGIN, received_at=START + number, body=body, reading=jivo.read(body))
    waiting: Deferred[Any] = house.writer.submit(lambda txn: ingest(txn, delivery, house.rulebook.desk(txn)), len(body))
    return waiting


def blocked(engine: Engine) -> list[bool]:
    """Of each journal entry, whether its e-mail was kept from deciding as a blocked one is."""
    last = engine.read(journal.last)
    told = [engine.read(lambda txn, s=seq: reasons.get(txn, s)) for seq in range(1, last + 1)]  # type: ignore[misc]
    return [
        any(key.kind == "email" and "shared" not in why for key, why in reason.dropped) for reason in told if reason
    ]


def expected(engine: Engine) -> list[bool]:
    last = engine.read(journal.last)
    return [engine.read(lambda txn, s=seq: policies.at(txn, s)) == STRICT for seq in range(1, last + 1)]  # type: ignore[misc]


def differences_to_a_rebuild(engine: Engine, path: Path) -> list[Any]:
    key = engine.read(meta.id_key)
    with closing(open_engine(path, 1 << 26, random_bytes=lambda _: key)) as twin:
        for seq, text in engine.read(policies.listed):
            twin.write([lambda txn, s=seq, t=text: policies.adopt(txn, s, t)])  # type: ignore[misc]
        rebuild(engine, twin, lambda done, of: None)
        return differences(engine, twin)
