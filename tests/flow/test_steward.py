"""What people decide, on generated streams of events under generated policies: undo, never-merge, rebuild, old ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from jivod.flow import steward
from jivod.flow.enact import Enactment
from jivod.flow.people import People
from jivod.model.claim import NAME
from jivod.model.contact import EMAIL, PHONE, TOKEN, VISITOR, Key
from jivod.model.customer import Customer
from jivod.model.decision import Create, Decision
from jivod.model.entry import DECISION, Entry
from jivod.model.errors import Refused
from jivod.policy.precedence import join
from jivod.policy.rules import DEFAULT, FIND, MERGE, Rules
from jivod.store import customers, different, journal, reasons
from jivod.store.kv import Txn
from jivod.store.tables import CARDS, CHATS, CUSTOMERS, DERIVED, REASONS
from jivod.wire import decision as wire
from tests.flow.lives import Deed, ids_of, lived, lives, root
from tests.flow.told import Event, policies, streams, tell, told, under
from tests.flow.world import World, finished
from tests.strategies import records
from tests.strategies.decisions import decisions

Tables = dict[str, list[tuple[bytes, bytes]]]

PLACES = (CUSTOMERS, CHATS, REASONS, CARDS)  # where everything arrived
STRANGERS: dict[str, Any] = {
    "emails": ("x@example.com", "y@example.com"),
    "phones": ("+905320000008", "+905320000009"),
    "tokens": ("crm-8", "crm-9"),
    "numbers": (8, 9),
    "chats": (18, 19),
}
UNRELATED = Key(EMAIL, "unrelated@example.net")


def rows(world: World, tables: Iterable[str]) -> Tables:
    return world.ask(lambda txn: {table: list(txn.range(table)) for table in tables})


def two_of(world: World, data: st.DataObject) -> tuple[str, str]:
    """Two living customers."""
    everybody = [golden.id for golden in world.everybody()]
    assume(len(everybody) > 1)
    found = data.draw(st.permutations(everybody), label="two")
    return found[0], found[1]


@given(lives(), policies(), st.data())
def test_undo_a_merge_and_its_unmerge_leave_everything_where_it_arrived(
    life: list[Event | Deed], rules: Rules, data: st.DataObject
) -> None:
    world = lived(life, rules)
    loser, winner = two_of(world, data)
    before = rows(world, PLACES)
    try:
        world.decide(steward.merge, loser, winner)
    except Refused:
        assume(False)
    assert rows(world, PLACES) == before
    assert root(world, loser) == winner
    world.decide(steward.unmerge, (loser,))
    assert rows(world, PLACES) == before
    assert (root(world, loser), root(world, winner)) == (loser, winner)


@given(streams(longest=25), streams(longest=15, **STRANGERS), policies(), st.data())
def test_undo_also_with_events_of_others_between(
    stream: list[Event], between: list[Event], rules: Rules, data: st.DataObject
) -> None:
    world, twin = told(stream, rules), told(stream, rules)
    loser, winner = two_of(world, data)
    world.decide(steward.merge, loser, winner)
    twin.decide(steward.share, UNRELATED, shared=True)
    for event in between:
        tell(world, event)
        tell(twin, event)
    world.decide(steward.unmerge, (loser,))
    twin.decide(steward.share, UNRELATED, shared=False)
    assert rows(world, PLACES) == rows(twin, PLACES)


def own_keys(world: World, id: str) -> list[Key]:
    """The keys that no record has but this one."""

    def read(txn: Txn) -> list[Key]:
        record = customers.get(txn, id)
        assert record is not None
        found = {Key(c.attribute, c.value) for c in record.claims if c.attribute in (EMAIL, PHONE, TOKEN, VISITOR)}
        return sorted(key for key in found if customers.having(txn, key, 2) == [id])

    return world.ask(read)


def only(chat: int, key: Key) -> dict[str, Any]:
    """A chat that ends, and says nothing but this key."""
    field = {EMAIL: "email", PHONE: "phone", TOKEN: "token", VISITOR: "number"}[key.kind]
    visitor: dict[str, Any] = {field: key.value.removeprefix("main:")}
    return finished(chat, **visitor)


@given(streams(longest=25), policies(unverified=FIND), st.data())
def test_undo_also_with_events_of_the_two_between_each_stays_with_whom_its_key_belongs_to(
    stream: list[Event], rules: Rules, data: st.DataObject
) -> None:
    here = [evolve(event, origin=stream[0].origin, signature="") for event in stream]
    world, twin = told(here, rules), told(here, rules)
    loser, winner = two_of(world, data)
    keys = own_keys(world, loser) + own_keys(world, winner)
    assume(keys and here[0].origin.account == "main")
    chosen = data.draw(st.lists(st.sampled_from(keys), min_size=1, max_size=5), label="keys")
    world.decide(steward.merge, loser, winner)
    twin.decide(steward.share, UNRELATED, shared=True)
    for chat, key in enumerate(chosen, 100):
        homes = [one.tell(only(chat, key)).customer for one in (world, twin)]
        assert homes[0] == homes[1]
    world.decide(steward.unmerge, (loser,))
    twin.decide(steward.share, UNRELATED, shared=False)
    assert rows(world, PLACES) == rows(twin, PLACES)


@given(lives(longest=20), lives(longest=20), policies(), st.data())
def test_undo_whatever_comes_between_what_was_there_stays_with_its_record(
    life: list[Event | Deed], between: list[Event | Deed], rules: Rules, data: st.DataObject
) -> None:
    world = lived(life, rules)
    loser, winner = two_of(world, data)
    homes = homes_of(world)
    try:
        world.decide(steward.merge, loser, winner)
    except Refused:
        assume(False)
    for step in between:
        if isinstance(step, Event):
            tell(world, step)
    world.decide(steward.unmerge, (loser,))
    after = homes_of(world)
    assert {seq: after[seq] for seq in homes} == homes
    assert root(world, loser) != root(world, winner)


def homes_of(world: World) -> dict[int, str]:
    """The record of each journal entry that has one."""

    def read(txn: Txn) -> dict[int, str]:
        found = [reasons.get(txn, seq) for seq in range(1, journal.last(txn) + 1)]
        return {reason.seq: reason.customer for reason in found if reason and reason.customer}

    return world.ask(read)


@given(
    lives(longest=25),
    streams(longest=25),
    policies(on_conflict=MERGE) | policies(),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=5),
)
def test_never_merge_no_event_makes_one_of_two_whom_a_person_called_different(
    life: list[Event | Deed], stream: list[Event], rules: Rules, pairs: list[tuple[int, int]]
) -> None:
    world = lived(life, rules)
    ids = ids_of(world)
    for one, other in pairs if ids else []:
        Deed("different", one, other, True, NAME, "").carry_out(world)
    apart = world.ask(lambda txn: [(id, other) for id in ids for other in different.of(txn, id)])
    apart = [(a, b) for a, b in apart if root(world, a) != root(world, b)]
    for event in stream:
        tell(world, event)
        assert [(a, b) for a, b in apart if root(world, a) == root(world, b)] == []


@given(lives(), policies())
def test_rebuild_gives_the_same_after_any_decisions_and_the_check_is_clean(
    life: list[Event | Deed], rules: Rules
) -> None:
    world = lived(life, rules)
    assert world.differs_from(world.rebuilt()) == []
    assert world.findings() == []


@given(lives(), policies())
def test_old_ids_every_id_ever_given_out_leads_to_somebody(life: list[Event | Deed], rules: Rules) -> None:
    world = under(rules)
    given_out: set[str] = set()
    for step in life:
        if isinstance(step, Deed):
            step.carry_out(world)
        else:
            tell(world, step)
        given_out.update(ids_of(world))
    living = {golden.id for golden in world.everybody()}
    assert all(world.golden(id).id in living for id in given_out)


def is_somebodys(entry: Entry) -> bool:
    """An event, or what a person entered; other decisions are about somebody."""
    return entry.kind != DECISION or isinstance(wire.read(entry.body), Create)


@given(lives(longest=25), policies())
def test_nothing_lost_each_entry_is_reachable_from_exactly_one_living_customer_whatever_was_decided(
    life: list[Event | Deed], rules: Rules
) -> None:
    world = lived(life, rules)
    owners = [reason.seq for golden in world.everybody() for reason in world.reasons(golden.id)]
    nobodys = world.ask(lambda txn: reasons.unattributed(txn, 0, 1000))
    entries = world.ask(lambda txn: [e.seq for e in journal.after(txn, 0, 1000) if is_somebodys(e)])
    assert sorted([*owners, *nobodys]) == entries


@given(lives(longest=20), policies(), st.data())
def test_a_refusal_comes_before_anything_is_written(
    life: list[Event | Deed], rules: Rules, data: st.DataObject
) -> None:
    """A fold takes no decision back: what was begun would stay."""
    world = lived(life, rules)
    ids, last = ids_of(world), world.ask(journal.last)
    assume(ids)
    found = data.draw(
        decisions(ids=st.sampled_from([*ids, "nobody"]), seqs=st.integers(1, last + 1), values=records.CONTACT_VALUES),
        label="decision",
    )
    before = rows(world, DERIVED)
    if world.do(lambda txn: is_refused(txn, found, rules)):
        assert rows(world, DERIVED) == before


def is_refused(txn: Txn, decision: Decision, rules: Rules) -> bool:
    entry = journal.append(txn, received_at=1, origin=steward.ORIGIN, body=b"{}", kind=DECISION)
    try:
        Enactment(txn, People(txn), entry, rules).enact(decision)
    except Refused:
        return True
    return False


def record_of(world: World, id: str) -> Customer:
    found = world.ask(lambda txn: customers.get(txn, id))
    assert found is not None
    return found


@given(lives(longest=25), policies(limits=DEFAULT.limits), st.data())
def test_nothing_lost_what_is_detached_and_what_stays_hold_together_just_what_the_record_held(
    life: list[Event | Deed], rules: Rules, data: st.DataObject
) -> None:
    world = lived(life, rules)
    ids = [id for id in ids_of(world) if record_of(world, id).events > 1]
    assume(ids)
    id = data.draw(st.sampled_from(ids), label="of")
    seq = data.draw(st.sampled_from([seq for seq, home in homes_of(world).items() if home == id]), label="entry")
    old = record_of(world, id)
    try:
        world.decide(steward.detach, id, (seq,))
    except Refused:
        assume(False)
    stays, goes = record_of(world, id), record_of(world, homes_of(world)[seq])
    assert (stays.events + goes.events, stays.chats + goes.chats) == (old.events, old.chats)
    assert join(stays.claims, goes.claims) == old.claims
    assert (min(stays.created_at, goes.created_at), max(stays.seen_at, goes.seen_at)) == (old.created_at, old.seen_at)
