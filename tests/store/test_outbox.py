"""The outbox numbers changes from 1, never the same number twice, and is bounded; letters of a sink are too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import dispatch
from jivod.model.change import CREATED, UPDATED, Change, Dead, Owed, Standing
from jivod.store import outbox, sinks
from jivod.store.kv import Engine, Txn
from jivod.store.tables import DEAD, DERIVED, KEPT, OUTBOX, OWED, SINKS

TEXT = st.text(max_size=20)
CHANGE = st.builds(
    Change,
    number=st.integers(1, 2**63),
    kind=TEXT,
    customer=TEXT,
    other=TEXT,
    seq=st.integers(1, 2**63),
    at=st.integers(0, 2**53),
)


def note(engine: Engine, count: int, at: int = 0) -> None:
    def job(txn: Txn) -> None:
        for n in range(count):
            outbox.note(txn, CREATED, f"c{n}", seq=1, at=at + n)

    engine.write([job])


@pytest.fixture
def heard(engine: Engine) -> Engine:
    engine.write([lambda txn: outbox.listen(txn, [CREATED])])
    return engine


def numbers(engine: Engine) -> list[int]:
    return [change.number for change in engine.read(lambda txn: outbox.after(txn, 0, 999))]


@given(CHANGE, st.integers(0, 99), st.integers(0, 2**53), TEXT)
def test_every_record_comes_back(change: Change, attempts: int, at: int, text: str) -> None:
    assert outbox.decode(outbox.encode(change)) == change
    owed = Owed(change=change, attempts=attempts, since=at, due=at + 1)
    assert sinks.decode_owed(sinks.encode_owed(text, owed)) == (text, owed)
    dead = Dead(change=change, attempts=attempts, why=text, at=at)
    assert sinks.decode_dead(sinks.encode_dead(text, dead)) == (text, dead)
    standing = Standing(name=text, told=at, edition=attempts, halted=text, dead=attempts, lost=at)
    assert sinks.decode(sinks.encode(standing)) == standing


def test_a_rebuild_does_not_make_them() -> None:
    assert {OUTBOX, SINKS, OWED, DEAD} <= set(KEPT)
    assert not {OUTBOX, SINKS, OWED, DEAD} & set(DERIVED)


def test_only_what_somebody_listens_to_is_noted(heard: Engine) -> None:
    heard.write([lambda txn: outbox.note(txn, UPDATED, "c1", seq=1, at=1)])
    assert numbers(heard) == []
    note(heard, 2)
    assert numbers(heard) == [1, 2]


def test_the_oldest_make_room(heard: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "COUNT_MAX", 3)
    note(heard, 8)
    assert numbers(heard) == [6, 7, 8]


@given(told=st.integers(0, 12), before=st.integers(0, 15), limit=st.integers(1, 12))
def test_what_is_old_and_told_is_trimmed_but_never_the_newest(told: int, before: int, limit: int) -> None:
    from jivod.store.memory import MemoryEngine

    engine = MemoryEngine()
    engine.write([lambda txn: outbox.listen(txn, [CREATED])])
    note(engine, 10)
    engine.write([lambda txn: outbox.trim(txn, told, before, limit)])
    gone = min(told, before, limit, 9)
    assert numbers(engine) == list(range(gone + 1, 11))
    note(engine, 1)
    assert numbers(engine)[-1] == 11


@pytest.mark.parametrize(("at", "number"), [(0, 1), (100, 1), (102, 3), (109, 10), (110, 11)])
def test_a_time_leads_to_a_number(heard: Engine, at: int, number: int) -> None:
    note(heard, 10, at=100)
    assert heard.read(lambda txn: outbox.since(txn, at)) == number


def test_the_oldest_letters_make_room(heard: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinks, "DEAD_MAX", 3)
    heard.write([lambda txn: dispatch.configure(txn, {"crm": [CREATED]})])
    note(heard, 8)
    for change in heard.read(lambda txn: outbox.after(txn, 0, 99)):
        letter = Dead(change=change, attempts=1, why="no", at=1)
        progress = dispatch.Progress(told=change.number, dead=(letter,))
        heard.write([lambda txn, p=progress: dispatch.record(txn, "crm", 0, p)])  # type: ignore[misc]
    assert [dead.change.number for dead in heard.read(lambda txn: sinks.dead(txn, "crm", 99))] == [6, 7, 8]
    assert heard.read(lambda txn: sinks.get(txn, "crm")) == Standing(name="crm", told=8, dead=3)


def test_sinks_whose_names_begin_alike_do_not_see_one_another(heard: Engine) -> None:
    change = Change(number=1, kind=CREATED, customer="c1", seq=1, at=1)
    heard.write([lambda txn: sinks.owe(txn, "crm-2", Owed(change=change))])
    assert heard.read(lambda txn: sinks.owed(txn, "crm")) == []


def test_a_new_sink_begins_at_the_present_and_an_old_one_where_it_was(heard: Engine) -> None:
    note(heard, 5)
    heard.write([lambda txn: dispatch.configure(txn, {"a": [CREATED]})])
    note(heard, 5)
    heard.write([lambda txn: dispatch.configure(txn, {"a": [CREATED], "b": [UPDATED]})])
    assert [(s.name, s.told) for s in heard.read(sinks.listed)] == [("a", 5), ("b", 10)]
    assert heard.read(outbox.wanted) == {CREATED, UPDATED}
    heard.write([lambda txn: dispatch.configure(txn, {})])
    assert heard.read(outbox.wanted) == frozenset()


def test_a_sink_that_was_moved_takes_no_progress_of_before(heard: Engine) -> None:
    note(heard, 5)
    heard.write([lambda txn: dispatch.configure(txn, {"a": [CREATED]})])
    heard.write([lambda txn: dispatch.tell_again(txn, "a", 2)])
    (outcome,) = heard.write([lambda txn: dispatch.record(txn, "a", 0, dispatch.Progress(told=5))])
    assert outcome.value is None
    assert heard.read(lambda txn: sinks.get(txn, "a")) == Standing(name="a", told=1, edition=1)
