"""The whole store against plain dicts: events, failures, batches, restarts and kills in any order."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jivod.model.claim import NAME, Claim
from jivod.model.contact import EMAIL, PHONE, Key
from jivod.model.customer import Edge
from jivod.model.errors import Refused
from jivod.model.reason import OPEN, Review
from jivod.store import chats, check, customers, different, edges, journal, reasons, reviews
from jivod.store.kv import Txn
from jivod.store.lmdb import open_engine
from jivod.store.names import words
from tests.store.engines import MAP
from tests.store.victim import AFTER, BEFORE, Death, Event, FailedError, Group, Race, body, job, kill_while_writing
from tests.store.world import claim

PEOPLE = st.sampled_from(["c1", "c2", "c3", "c4"])
CLAIMS = st.lists(
    st.one_of(
        st.sampled_from(["a@example.com", "b@example.com"]).map(lambda value: claim(EMAIL, value)),
        st.sampled_from(["+905320000001", "+905320000002"]).map(lambda value: claim(PHONE, value)),
        st.sampled_from(["Anna Example", "Ayşe Yılmaz", "Deniz"]).map(lambda value: claim(NAME, value)),
    ),
    max_size=3,
).map(tuple)
REFS = st.none() | st.sampled_from(["chat:1", "chat:2", "chat:" + "3" * 300])
EVENTS = st.tuples(st.none() | PEOPLE, REFS, CLAIMS, st.integers(1, 9))

GROUPS = st.lists(st.tuples(EVENTS, st.booleans()), min_size=1, max_size=4)
DEATHS = st.sampled_from([BEFORE, AFTER]) | st.integers(0, 20).map(lambda n: Race(n / 20_000))


class StoreMachine(RuleBasedStateMachine):
    """`home` says whose each journal entry is; the rest is what the store is expected to know, in plain dicts."""

    @initialize()
    def begin(self) -> None:
        self.beside = tempfile.TemporaryDirectory()
        self.path = Path(self.beside.name) / "store"
        self.open()
        self.homes: list[str | None] = []
        self.claims: dict[str, set[Claim]] = {}
        self.seen: dict[str, int] = {}
        self.chats: dict[str, tuple[str | None, int, list[int]]] = {}
        self.parents: dict[str, str] = {}
        self.pairs: dict[tuple[str, str], int] = {}
        self.apart: set[frozenset[str]] = set()

    def open(self) -> None:
        self.engine = open_engine(self.path, MAP)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.close()
            self.beside.cleanup()

    @rule(events=GROUPS)
    def group(self, events: Group) -> None:
        """One group commit, in which some jobs do all their work and then fail."""
        outcomes = self.engine.write([job(event, fails) for event, fails in events])
        for (event, fails), outcome in zip(events, outcomes, strict=True):
            assert isinstance(outcome.error, FailedError) == fails
            if not fails:
                self.expect(event)
                assert outcome.value == len(self.homes)

    @rule(groups=st.lists(GROUPS, min_size=1, max_size=3), death=DEATHS)
    def kill(self, groups: list[Group], death: Death) -> None:
        """Another process writes and is killed: each group that it acknowledged is there, the last whole or not at all.

        A last group that is lost is delivered again: what comes after must not hang on who won the race.
        """
        self.engine.close()
        acknowledged = kill_while_writing(self.path, groups, death)
        self.open()
        assert acknowledged >= len(groups) - 1
        earlier, last = bodies(*groups[:-1]), bodies(groups[-1])
        found = [entry.body for entry in self.engine.read(lambda txn: journal.after(txn, len(self.homes), 1000))]
        is_there = found == earlier + last
        assert is_there or (found == earlier and acknowledged < len(groups))
        assert death != BEFORE or found == earlier
        assert death != AFTER or is_there
        for event, fails in itertools.chain(*groups if is_there else groups[:-1]):
            if not fails:
                self.expect(event)
        if not is_there:
            self.group(groups[-1])

    def expect(self, event: Event) -> None:
        customer, ref, claims, at = event
        home = self.chats[ref][0] if ref in self.chats else customer
        self.homes.append(home)
        if home is not None:
            self.claims.setdefault(home, set()).update(claims)
            self.seen[home] = max(self.seen.get(home, at), at)
        if ref is not None:
            _, last, seqs = self.chats.get(ref, (home, at, []))
            self.chats[ref] = (home, max(last, at), [*seqs, len(self.homes)])

    @precondition(lambda self: len(self.claims) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        known = st.sampled_from(sorted(self.claims))
        loser, winner = data.draw(known), data.draw(known)
        (outcome,) = self.engine.write(
            [lambda txn: edges.add(txn, Edge(loser=loser, winner=winner, rule="x", seq=1, at=1))]
        )
        if loser in self.parents or self.root(winner) == loser:
            assert isinstance(outcome.error, Refused)
        else:
            self.parents[loser] = winner

    @rule(loser=PEOPLE)
    def unmerge(self, loser: str) -> None:
        (outcome,) = self.engine.write([lambda txn: edges.remove(txn, loser)])
        assert (outcome.value is None) == (loser not in self.parents)
        self.parents.pop(loser, None)

    @precondition(lambda self: len(self.claims) > 1)
    @rule(data=st.data(), at=st.integers(1, 9))
    def review(self, data: st.DataObject, at: int) -> None:
        a, b = sorted(data.draw(st.lists(st.sampled_from(sorted(self.claims)), min_size=2, max_size=2, unique=True)))
        new = Review(a=a, b=b, why="The two share a phone.", key=None, seq=1, at=at)
        (outcome,) = self.engine.write([lambda txn: reviews.open_review(txn, new)])
        assert outcome.value == ((a, b) not in self.pairs)
        self.pairs.setdefault((a, b), at)

    @precondition(lambda self: len(self.claims) > 1)
    @rule(data=st.data(), is_taken_back=st.booleans())
    def tell_apart(self, data: st.DataObject, is_taken_back: bool) -> None:
        a, b = data.draw(st.lists(st.sampled_from(sorted(self.claims)), min_size=2, max_size=2, unique=True))
        pair = frozenset((a, b))
        if is_taken_back:
            (outcome,) = self.engine.write([lambda txn: different.remove(txn, a, b)])
            assert outcome.value == (pair in self.apart)
            self.apart.discard(pair)
        else:
            (outcome,) = self.engine.write([lambda txn: different.add(txn, a, b, 1)])
            assert outcome.error is None
            self.apart.add(pair)

    @rule()
    def restart(self) -> None:
        self.engine.close()
        self.open()

    def root(self, id: str) -> str:
        while id in self.parents:
            id = self.parents[id]
        return id

    @invariant()
    def the_store_is_sound(self) -> None:
        assert self.engine.read(lambda txn: list(check.check(txn))) == []

    @invariant()
    def the_store_says_what_the_dicts_say(self) -> None:
        self.engine.read(self.compare)

    def compare(self, txn: Txn) -> None:
        assert journal.last(txn) == len(self.homes)
        assert reasons.unattributed(txn, 0, 1000) == [n for n, home in enumerate(self.homes, 1) if home is None]
        assert customers.newest(txn, 100) == sorted(self.seen, reverse=True)
        found = [(r.a, r.b) for r in reviews.listed(txn, OPEN, 100)]
        assert found == sorted(self.pairs, key=lambda pair: (-self.pairs[pair], pair))
        for id in self.claims:
            self.compare_customer(txn, id)
        for key in (Key(EMAIL, "a@example.com"), Key(EMAIL, "b@example.com"), Key(PHONE, "+905320000001")):
            assert customers.having(txn, key, 100) == self.where(lambda c, key=key: Key(c.attribute, c.value) == key)
        for word in ("anna", "yilmaz"):
            expected = self.where(lambda c, word=word: c.attribute == NAME and word in words(c.value))
            assert sorted(customers.named(txn, word, 100)) == expected

    def compare_customer(self, txn: Txn, id: str) -> None:
        customer = customers.get(txn, id)
        assert customer is not None
        assert set(customer.claims) == self.claims[id]
        assert [r.seq for r in reasons.of(txn, id, 0, 1000)] == [n for n, h in enumerate(self.homes, 1) if h == id]
        told = [(c.ref, c.at, list(c.seqs)) for c in chats.history(txn, id, 100)]
        mine = [(ref, at, seqs) for ref, (home, at, seqs) in self.chats.items() if home == id]
        assert told == sorted(mine, key=lambda chat: (-chat[1], len(chat[0]) > 150, chat[0]))
        assert edges.root(txn, id) == self.root(id)
        assert different.of(txn, id) == frozenset[str]().union(*(p for p in self.apart if id in p)) - {id}
        assert [r.a for r in reviews.of(txn, id)] == sorted(a for a, b in self.pairs if id in (a, b))

    def where(self, is_it: object) -> list[str]:
        return sorted(id for id, claims in self.claims.items() if any(is_it(c) for c in claims))  # type: ignore[operator]


def bodies(*groups: Group) -> list[bytes]:
    """What the journal gains by the groups."""
    return [body(event) for event, fails in itertools.chain(*groups) if not fails]


TestStore = StoreMachine.TestCase
TestStore.settings = settings(stateful_step_count=20)
