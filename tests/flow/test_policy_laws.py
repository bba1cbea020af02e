"""The laws that hold under every policy, on streams of events of a few people over a few keys and channels."""

from __future__ import annotations

import random
from functools import reduce
from typing import Any
from unittest.mock import patch

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import steward
from jivod.flow.attribution import evidence_of
from jivod.flow.case import Case, open_case
from jivod.flow.ingest import Ingested
from jivod.flow.record import CONFLICT
from jivod.model.contact import EMAIL, KINDS, PHONE, Key
from jivod.model.customer import Edge
from jivod.model.decision import Different, Unmerge
from jivod.model.entry import DECISION
from jivod.model.reason import Reason
from jivod.policy.contact import phones as phones_in
from jivod.policy.identity import PASSED_OVER, TYPED
from jivod.policy.rules import CLAIM, DEFAULT, MERGE, REVIEW, STRONGEST, Rules
from jivod.policy.veto import denied_by, tokens_disagree, union
from jivod.policy.veto import held as keys_held
from jivod.store import cards, customers, different, edges, journal, keys, reasons, reviews
from jivod.store.kv import Txn
from jivod.store.tables import CARDS, DIFFERENT, EDGES, REVIEWS
from jivod.wire import decision as wire
from jivod.wire import jivo
from tests.flow.told import EMAILS, HOUR, PHONES, TOKENS, Event, policies, streams, tell, told, under
from tests.flow.world import START, World
from tests.policy import drawn

FREE = {"merges_per_hour": 1_000_000, "merges_per_customer": 1_000_000}  # no brake that these streams reach
BLANKS = (None, "", " ", "\u00a0", "\n")


# What a stream of events comes to


def all_reasons(world: World) -> list[Reason]:
    """Why each event belongs to whom, in the order of the journal."""
    last = world.ask(journal.last)
    return [r for seq in range(1, last + 1) if (r := world.ask(lambda txn, seq=seq: reasons.get(txn, seq)))]  # type: ignore[misc]


def all_edges(world: World) -> list[Edge]:
    return world.ask(lambda txn: [edges.decode(record) for _, record in txn.range(EDGES)])


def root(world: World, id: str) -> str:
    return world.ask(lambda txn: edges.root(txn, id))


def asked(world: World) -> set[frozenset[str]]:
    """The pairs of living customers about whom there is a question, open or closed."""
    found = world.ask(lambda txn: [reviews.decode(record) for _, record in txn.range(REVIEWS)])
    return {frozenset((root(world, r.a), root(world, r.b))) for r in found}


ODD: dict[str, Any] = {
    "emails": EMAILS[:1],
    "phones": PHONES[:1],
    "tokens": TOKENS[:1],
    "numbers": (1,),
    "chats": (11,),
}
EVEN: dict[str, Any] = {
    "emails": EMAILS[1:], "phones": PHONES[3:], "tokens": TOKENS[1:], "numbers": (2, 3), "chats": (12, 13),
}  # fmt: skip


@given(streams(longest=30, **ODD), streams(longest=30, **EVEN), policies(**FREE), st.randoms(use_true_random=False))
def test_events_that_share_no_key_commute(
    odd: list[Event], even: list[Event], rules: Rules, chance: random.Random
) -> None:
    """The brake is out of reach: it counts the merges of all."""
    queues = [[(START + 7200 * i + 1000 * n, event) for i, event in enumerate(q, 1)] for n, q in enumerate((odd, even))]
    one, other = under(rules), under(rules)
    for at, event in [*queues[0], *queues[1]]:
        one.tell(event.body | {"event_timestamp": at // 1000}, at=at, origin=event.origin, signature=event.signature)
    while any(queues):
        at, event = chance.choice([queue for queue in queues if queue]).pop(0)
        other.tell(event.body | {"event_timestamp": at // 1000}, at=at, origin=event.origin, signature=event.signature)
    assert one.everybody() == other.everybody()
    assert [(r.a, r.b, r.why) for r in one.reviews()] == [(r.a, r.b, r.why) for r in other.reviews()]


@given(streams(), policies())
def test_nothing_received_is_unreachable(stream: list[Event], rules: Rules) -> None:
    """Every value is a claim of exactly one living customer's family, or waits in an entry that is nobody's; but for
    what we told its card ourselves.
    """
    world = under(rules)
    seqs: list[int] = []
    echoes: dict[str, set[str]] = {}
    for event in stream:
        seqs.append(tell(world, event).seq)
        for name, card in world.ask(lambda txn: [(key, cards.decode(row)) for key, row in txn.range(CARDS)]):
            echoes.setdefault(keys.rest(name, "t").decode().rstrip("\0"), set()).update(v for _, v in card.told)
    families = [(g.id, *g.merged) for g in world.everybody()]
    there = world.ask(lambda txn: customers.newest(txn, 1000))
    assert sorted(id for family in families for id in family) == sorted(there)
    claimed = {family[0]: {v for c in world.claims(family[0]) for v in (c.value, c.raw)} for family in families}
    waiting = world.ask(lambda txn: reasons.unattributed(txn, 0, 1000))
    for seq, event in zip(seqs, stream, strict=True):
        home = world.ask(lambda txn, seq=seq: reasons.get(txn, seq)).customer  # type: ignore[misc,union-attr]
        assert (home is None) == (seq in waiting)
        if home is not None:
            case = world.ask(lambda txn, seq=seq: the_case(txn, seq))  # type: ignore[misc]
            assert set(values(event)) <= claimed[root(world, home)] | echoes.get(case.card, set())


def values(event: Event) -> list[str]:
    """All that an event says of a person."""
    body, visitor = event.body, dict(event.body["visitor"])
    phones = phones_in(visitor.pop("phone", None), (event.origin.region or "",), DEFAULT)
    visitor.pop("number", None)
    said = [body["user_token"], *(body.get("attributes") or {}).values(), *(body["tags"] or ())]
    return [value for value in [*said, *visitor.values(), *(phone.key.value for phone in phones)] if value]


@given(streams(longest=30), policies(), st.fixed_dictionaries({k: st.sampled_from(BLANKS) for k in ("name", "email")}))
def test_blank_never_wins_never_matches_never_clashes(
    stream: list[Event], rules: Rules, padding: dict[str, str | None]
) -> None:
    """Ids are numbers here: those of two different bodies may decide a tie in different ways."""
    padded = [evolve(e, body=e.body | {"visitor": padding | e.body["visitor"]}) for e in stream]
    with patch("jivod.flow.attribution.newcomer_id", lambda txn, case, digest: f"customer-{case.entry.seq:03}"):
        plain, blank = told(stream, rules), told(padded, rules)
    assert plain.everybody() == blank.everybody()


@given(streams(), policies())
def test_no_event_adds_a_key_beyond_its_limit(stream: list[Event], rules: Rules) -> None:
    world = under(rules)
    for event in stream:
        before = {g.id: held(world, g.id) for g in world.everybody()}
        home = tell(world, event).customer
        if home is not None:
            now = root(world, home)
            parts = [keys for id, keys in before.items() if root(world, id) == now]
            for kind in KINDS:
                had = {key for part in parts for key in part if key.kind == kind}
                assert len({k for k in held(world, now) if k.kind == kind}) <= max(len(had), rules.limit(kind))


def held(world: World, id: str) -> set[Key]:
    return {Key(c.attribute, c.value) for c in world.claims(id) if c.attribute in KINDS}


@given(streams(), policies())
def test_whom_a_key_points_to_besides_is_merged_or_asked_about_unless_the_strongest_is_to_decide_alone(
    stream: list[Event], rules: Rules
) -> None:
    """What the brake has parked is asked about as well."""
    world = told(stream, rules)
    pairs = asked(world)
    if rules.on_conflict == STRONGEST:
        assert not pairs
    elif rules.on_conflict == REVIEW:
        assert all(edge.rule != CONFLICT for edge in all_edges(world))
    for reason in all_reasons(world) if rules.on_conflict != STRONGEST else ():
        for rival in reason.rivals:
            assert reason.customer is not None
            pair = frozenset((root(world, reason.customer), root(world, rival.customer)))
            assert len(pair) == 1 or pair in pairs


@given(streams(), policies(on_conflict=MERGE))
def test_rules_merge_no_faster_and_no_further_than_the_brake_allows(stream: list[Event], rules: Rules) -> None:
    world = under(rules)
    for event in stream:
        there = {edge.loser for edge in all_edges(world)}
        home = tell(world, event).customer
        if any(edge.rule == CONFLICT and edge.loser not in there for edge in all_edges(world)):
            assert len(world.golden(home).merged) <= rules.merges_per_customer
    times = sorted(edge.at for edge in all_edges(world) if edge.rule == CONFLICT)
    for start in times:
        assert sum(start <= at <= start + HOUR for at in times) <= rules.merges_per_hour


@given(streams(), policies(on_conflict=MERGE, **FREE))
def test_where_the_policy_merges_only_a_stronger_kind_or_a_token_keeps_apart(stream: list[Event], rules: Rules) -> None:
    world = under(rules)
    for event in stream:
        before = {g.id: keys_held(held(world, g.id)) for g in world.everybody()}
        done = tell(world, event)
        reason = the_reason(world, done)
        if not done.repeated and reason.customer is not None and [r.why for r in reason.rivals] == [PASSED_OVER]:
            (rival,) = reason.rivals
            mine, theirs = root(world, reason.customer), before[rival.customer]
            if mine != root(world, rival.customer):
                ours = [keys_held(world.ask(lambda txn, r=reason: brought(txn, r, rules)))]  # type: ignore[misc]
                ours += [part for id, part in before.items() if root(world, id) == mine]
                disagree = any(tokens_disagree(part, theirs) for part in ours)
                assert disagree or denied_by(rival.key.kind, reduce(union, ours), theirs, rules)


def brought(txn: Txn, reason: Reason, rules: Rules) -> list[Key]:
    """The keys of an event, but for those that many share."""
    shared = {key for key, why in reason.dropped if why.startswith("shared")}
    return [key for key in evidence_of(txn, the_case(txn, reason.seq), rules).keys if key not in shared]


def the_case(txn: Txn, seq: int) -> Case:
    entry = journal.get(txn, seq)
    assert entry is not None
    return open_case(entry, jivo.read(entry.body).event)


@given(streams(), policies(unverified=CLAIM))
def test_where_a_typed_contact_is_a_mere_claim_it_finds_nobody_and_merges_nobody(
    stream: list[Event], rules: Rules
) -> None:
    world = under(rules)
    for event in stream:
        reason = the_reason(world, tell(world, event))
        assert reason.key is None or reason.key.kind not in (EMAIL, PHONE)
        assert not {r.customer for r in reason.rivals if r.why == TYPED} & set(reason.merged)


def the_reason(world: World, done: Ingested) -> Reason:
    found = world.ask(lambda txn: reasons.get(txn, done.seq))
    assert found is not None
    return found


# What a person decided


@given(streams(longest=20), streams(longest=20), policies(), policies(), st.data())
def test_never_merge_survives_a_rebuild_under_any_other_policy(
    first: list[Event], second: list[Event], rules: Rules, others: Rules, data: st.DataObject
) -> None:
    world = told(first, rules)
    for _ in range(3):
        ids = [g.id for g in world.everybody()]
        if len(ids) > 1:
            a, b = data.draw(st.permutations(ids))[:2]
            world.decide(steward.tell_apart, a, b)
        merged = [id for g in world.everybody() for id in g.merged]
        if merged:
            world.decide(steward.unmerge, (data.draw(st.sampled_from(merged)),))
    for event in second:
        tell(world, event)
    assert_kept_apart(world)
    assert_kept_apart(world.rebuilt())
    assert_kept_apart(world.rebuilt(drawn.written(others)))


def assert_kept_apart(world: World) -> None:
    """Of any two whom a person called different none is part of the other; also where this policy made them anew."""
    pairs = world.ask(lambda txn: [different.decode(record)[:2] for _, record in txn.range(DIFFERENT)])
    pairs += world.ask(decided_apart)
    for a, b in pairs:
        assert root(world, a) != root(world, b)


def decided_apart(txn: Txn) -> list[tuple[str, str]]:
    """The pairs of records that the decisions of the journal call different here, unless this policy makes one of
    them.
    """
    pairs: list[tuple[str | None, str | None]] = []
    for entry in journal.after(txn, 0, 1000):
        match wire.read(entry.body) if entry.kind == DECISION else None:
            case Different(a=a, b=b, anchors=anchors):
                pairs.append((meant(txn, a, anchors), meant(txn, b, anchors)))
            case Unmerge(parted=parted, anchors=anchors):
                pairs += [(meant(txn, a, anchors), meant(txn, b, anchors)) for a, b in parted]
    return [(a, b) for a, b in pairs if a and b and a != b]


def meant(txn: Txn, id: str, anchors: dict[str, int]) -> str | None:
    reason = reasons.get(txn, anchors[id]) if id in anchors else None
    return id if customers.get(txn, id) else reason.customer if reason else None
