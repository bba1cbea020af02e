"""The timeline: pages put together are the whole, in order, for any filter, also while events come in between."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import aside, query, steward, timeline
from jivod.flow.timeline import CALL, CHAT, EDIT, KINDS, MERGE, MESSAGE, NOTE, Item, Place
from jivod.model.claim import TAG
from jivod.policy.rules import DEFAULT
from jivod.store import edges
from jivod.wire import decision as wire
from tests.flow.office import story
from tests.flow.told import streams, tell
from tests.flow.world import START, World, accepted, finished


def items(world: World, id: str, limit: int = 10_000, kind: str | None = None) -> list[Item]:
    """All pages put together."""
    found: list[Item] = []
    after: Place | None = None
    while True:
        page = world.ask(lambda txn, after=after: timeline.page(txn, id, limit, kind, after))  # type: ignore[misc]
        found += page.items
        after = page.after
        if after is None:
            return found


def names(found: list[Item]) -> list[Any]:
    return [(i.kind, i.chat and i.chat.ref, i.decided and i.decided.seq, i.edge and i.edge.loser) for i in found]


def all_there_is(world: World, id: str) -> set[Any]:
    """What the other questions find of the same customer, notes apart that were taken away."""
    told = world.ask(lambda txn: query.decided(txn, id, 10_000))
    members = world.ask(lambda txn: edges.tree(txn, id))
    rules = world.ask(lambda txn: [e for m in members[1:] if (e := edges.get(txn, m)) and e.rule != "person"])
    return {
        *[("chat", c.account, c.ref) for c in world.chats(id)],
        *[("decision", d.seq) for d in told if wire.name_of(d.decision) != "strike"],
        *[("edge", e.loser) for e in rules],
    }


def identities(found: list[Item]) -> list[Any]:
    return [
        ("chat", i.chat.account, i.chat.ref) if i.chat
        else ("decision", i.decided.seq) if i.decided
        else ("edge", i.edge.loser if i.edge else None)
        for i in found
    ]  # fmt: skip


@given(st.data())
def test_pages_of_any_size_put_together_are_the_whole_in_order(data: st.DataObject) -> None:
    world = story(data, DEFAULT).world
    limit = data.draw(st.integers(1, 4))
    for golden in world.everybody():
        whole = items(world, golden.id)
        assert sorted(identities(whole)) == sorted(all_there_is(world, golden.id))
        assert [i.at for i in whole] == sorted([i.at for i in whole], reverse=True)
        assert items(world, golden.id, limit) == whole
        for kind in KINDS:
            assert items(world, golden.id, limit, kind) == [i for i in whole if i.kind == kind]


@given(st.data())
def test_what_comes_in_between_two_pages_moves_nothing_behind_them(data: st.DataObject) -> None:
    world = story(data, DEFAULT, longest=15).world
    everybody = world.everybody()
    if not everybody:
        return
    id = data.draw(st.sampled_from([g.id for g in everybody]))
    kind = data.draw(st.none() | st.sampled_from(KINDS))
    first = world.ask(lambda txn: timeline.page(txn, id, data.draw(st.integers(1, 5)), kind))
    before = items(world, id, kind=kind)
    for event in data.draw(streams(longest=4)):
        tell(world, event)
    root = world.golden(id).id
    now = items(world, root, kind=kind)
    after, rest = first.after, list[Item]()
    while after is not None:
        page = world.ask(lambda txn, after=after: timeline.page(txn, root, 3, kind, after))  # type: ignore[misc]
        rest, after = rest + list(page.items), page.after
    unchanged = [i for i in before if i in now]
    read = [*first.items, *rest]
    assert [i for i in read if i in unchanged] == unchanged
    assert len(identities(read)) == len(set(identities(read)))


def busy() -> tuple[World, str]:
    world = World()
    id = str(world.tell(accepted(1, email="a@example.com", name="Ayşe")).customer)
    world.tell(finished(1, email="a@example.com", messages=[{"type": "visitor", "message": "Merhaba"}]))
    visitor = {"email": "a@example.com"}
    call = {"type": "incoming", "status": "end", "phone": "+905320000001", "record_url": "https://a.example.com/1.mp3"}
    world.tell({"event_name": "call_event", "chat_id": 2, "visitor": visitor, "call": call})
    world.tell({"event_name": "offline_message", "chat_id": 3, "visitor": visitor, "message": "Beni arayın"})
    world.decide(steward.edit, id, TAG, "vip")
    world.decide(aside.note, id, "Calls back on Monday.")
    other = str(world.tell(accepted(4, email="b@example.com")).customer)
    world.decide(steward.merge, other, id)
    return world, id


def test_every_kind_is_told_by_its_name_newest_first() -> None:
    world, id = busy()
    told = [i.kind for i in items(world, id)]
    assert told == [MERGE, CHAT, NOTE, EDIT, MESSAGE, CALL, CHAT]
    assert {*told} == {*KINDS}


def test_what_was_merged_is_told_of_the_one_that_it_became_part_of_and_no_more_after_an_unmerge() -> None:
    world, id = busy()
    (other,) = world.golden(id).merged
    assert ("chat", "chat:4", None, None) in names(items(world, id))
    world.decide(steward.unmerge, (other,))
    assert ("chat", "chat:4", None, None) not in names(items(world, id))
    assert [i.kind for i in items(world, other)] == [MERGE, MERGE, CHAT]


def test_a_rule_s_merge_is_told_without_a_person() -> None:
    world = World()
    world.tell(accepted(1, email="a@example.com"))
    id = str(world.tell(accepted(2, number=7)).customer)
    world.tell(accepted(2, number=7, email="a@example.com"))
    (merge,) = items(world, world.golden(id).id, kind=MERGE)
    assert merge.edge is not None and merge.edge.loser == id


def test_a_note_that_was_taken_away_says_so_and_by_whom() -> None:
    world, id = busy()
    (note,) = items(world, id, kind=NOTE)
    assert note.decided is not None and note.struck is None
    world.decide(aside.strike, id, note.decided.seq)
    (struck,) = items(world, id, kind=NOTE)
    assert struck.struck is not None and struck.struck.decision.by == "Elif"
    world.decide(aside.strike, id, note.decided.seq, struck=False)
    assert items(world, id, kind=NOTE) == [note]


def test_a_message_that_became_a_chat_is_a_chat() -> None:
    world, id = busy()
    world.tell(finished(3, email="a@example.com"))
    assert [i.chat.ref for i in items(world, id, kind=MESSAGE) if i.chat] == []


def test_a_page_reads_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    call = {"event_name": "call_event", "chat_id": 99, "visitor": {"email": "a@example.com"}, "call": {"status": "end"}}
    id = str(world.tell(call).customer)
    for chat in range(1, 40):
        world.tell(accepted(chat, email="a@example.com"), at=START + 3_600_000 + chat)
    monkeypatch.setattr(timeline, "LOOKED_AT", 10)
    first = world.ask(lambda txn: timeline.page(txn, id, 20, CALL))
    assert (first.items, first.after is None) == ((), False)
    assert len(items(world, id, 20, CALL)) == 1
