"""The side file says the same in whatever steps the journal was followed, and is made anew when it cannot be right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import steward
from jivod.model.claim import NAME
from jivod.model.decision import Erase
from jivod.model.entry import DECISION, Entry
from jivod.model.errors import Refused
from jivod.store import journal, texts
from jivod.store.kv import Txn
from jivod.store.texts import PERSON, TALK
from jivod.wire import decision as wire
from tests.flow.beside import Beside, beside
from tests.flow.office import Office
from tests.flow.retained import LATER, retain
from tests.flow.world import ORIGIN, World, accepted, finished
from tests.strategies.bodies import bodies


def message(text: str, at: int = 1_763_800_000, who: str = "visitor") -> dict[str, object]:
    return {"message": text, "timestamp": at, "type": who}


@given(st.data())
def test_in_any_steps_with_restarts_it_says_what_one_pass_says(data):
    with beside() as live, beside(world=live.world) as late:
        office = Office(world=live.world, data=data)
        for body in data.draw(st.lists(bodies(), min_size=1, max_size=25)):
            live.world.tell(body)
            if data.draw(st.integers(0, 4)) == 0:
                office.decide()
            if data.draw(st.booleans()):
                live.step(data.draw(st.integers(1, 4)))
            if data.draw(st.integers(0, 5)) == 0:
                live.restart()
        for _ in range(data.draw(st.integers(0, 3))):
            office.decide()
        live.follow(3)
        late.follow(1000)
        assert live.dump() == late.dump()
        assert_index_is_whole(live)


@given(st.lists(bodies(), min_size=1, max_size=8))
def test_it_may_pause_before_each_entry_and_each_of_what_comes_of_it(told):
    paused: list[object] = []

    def along(pieces):
        for piece in pieces:
            paused.append(piece)
            yield piece

    with beside() as live, beside(world=live.world) as other:
        for body in told:
            live.world.tell(body)
        step = live.step(100, along)
        other.follow()
        assert live.dump() == other.dump()
        entries = [piece for piece in paused if isinstance(piece, Entry)]
        assert [entry.seq for entry in entries] == list(range(1, step.last + 1))
        written = {piece[0] for piece in paused if isinstance(piece, tuple) and isinstance(piece[1], texts.Text)}
        assert {row[1] for kind in (TALK, PERSON) for row in live.dump()[kind]} <= written


def assert_index_is_whole(live: Beside) -> None:
    """Each word of each text is found in the index, and nothing else is."""

    def look(rows: texts.Rows) -> None:
        for kind in (TALK, PERSON):
            there = list(rows.execute(f"SELECT id, folded FROM {kind}"))
            for word in {word for _, folded in there for word in folded.split()}:
                wanted = {number for number, folded in there if word in folded.split()}
                assert {number for number, _ in texts.matching(rows, kind, [[word]], texts.LAST, 1000)} == wanted
            assert texts.used(rows, kind, ())[0] == len(there)

    live.file.read(look)


def test_nothing_is_made_before_there_is_something_to_follow():
    with beside() as live:
        assert live.follow() == 1 and list(live.directory.iterdir()) == []
        live.world.tell(accepted(name="Ayşe"))
        live.follow()
        assert (live.directory / "search.db").stat().st_mode & 0o777 == 0o600


def test_a_file_of_another_zone_or_version_is_made_anew():
    with beside() as live:
        live.world.tell(finished(messages=[message("merhaba")]))
        live.follow()
        live.zone = "UTC"
        live.restart()
        assert live.file.read(lambda rows: True) is None
        live.follow()
        assert live.said("merhaba") == ["[merhaba]"]


def test_a_file_that_followed_another_journal_is_made_anew():
    with beside() as live:
        live.world.tell(finished(1, messages=[message("eski")]))
        live.world.tell(finished(2, messages=[message("eski de")]))
        live.follow()
        live.world = World()
        live.world.tell(finished(3, messages=[message("yeni")]))
        assert [hit.account for hit in live.all("eski")] == []
        live.follow()
        assert (live.said("eski"), live.said("yeni")) == ([], ["[yeni]"])


def test_an_erasure_after_it_was_made_makes_it_anew_and_one_before_does_not():
    with beside() as live:
        live.world.tell(finished(messages=[message("sil beni")]))
        live.follow()
        before = (live.directory / "search.db").stat().st_ino
        body = wire.write(Erase(by="Elif", customers=("x",), reason="asked", entries=1))

        def erase(txn: Txn) -> None:
            journal.append(txn, received_at=1, origin=ORIGIN, body=body, kind=DECISION)

        live.world.do(erase)
        step = live.step(64)
        assert step.again and list(live.directory.iterdir()) == []
        live.follow(1)
        made = (live.directory / "search.db").stat()
        live.world.tell(finished(2, messages=[message("yeni")]))
        live.follow()
        assert (live.directory / "search.db").stat().st_ino == made.st_ino
        assert before != made.st_ino or made.st_size > 0


def test_what_is_too_old_is_forgotten():
    with beside() as live:
        live.world.tell(finished(5, messages=[message("gizli kelime")]))
        live.world.tell(finished(6, messages=[message("başka kelime")]))
        live.follow()
        assert retain(live.world, LATER)
        live.follow()
        live.follow()
        assert live.said("kelime") == []
        assert not any(b"gizli" in path.read_bytes() for path in live.directory.iterdir())


def test_a_name_that_was_taken_away_is_not_found():
    with beside() as live:
        told = live.world.tell(accepted(name="Ayşe", email="a@example.com"))
        live.follow()
        assert [hit.why for hit in live.all("ayse")] == [NAME]
        live.world.decide(steward.clear, told.customer, NAME, "Ayşe")
        live.follow()
        assert live.all("ayse") == []


def test_a_decision_that_was_refused_leaves_nothing_to_follow():
    with beside() as live:
        live.world.tell(accepted(name="Ayşe"))
        live.follow()
        with pytest.raises(Refused):
            live.world.decide(steward.merge, "x", "y")
        assert live.follow() == 1
