"""Records: Hypothesis strategies for what the store keeps. Every dial is a keyword and takes a strategy.

The ids and texts are few and short on purpose, so that records meet; `texts()` is any text that the model allows.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from jivod.model.card import Card
from jivod.model.chat import Chat
from jivod.model.claim import ATTRIBUTE_PREFIX, NAME, SOURCES, TAG, Claim
from jivod.model.contact import KINDS, Key
from jivod.model.customer import Customer, Edge
from jivod.model.entry import DECISION, EVENT, Entry, Origin, Quarantined
from jivod.model.reason import CLOSED, OPEN, Reason, Review, Rival
from jivod.store.shared import Word


def texts(*, min_size: int = 0, max_size: int = 20) -> SearchStrategy[str]:
    """Clean text: no NUL, no lone surrogate."""
    clean = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
    return st.text(clean, min_size=min_size, max_size=max_size)


def times(*, min_value: int = 0, max_value: int = 2**42) -> SearchStrategy[int]:
    """UNIX milliseconds."""
    return st.integers(min_value, max_value)


IDS = st.sampled_from(["c1", "c2", "c3", "c4"])
ACCOUNTS = st.sampled_from(["main", "shop"])
SEQS = st.integers(1, 2**40)
NAMES = st.sampled_from(["Ayşe Yılmaz", "IŞIK İNCİ", "Deniz", "Anna Example", "Ирина"])
ATTRIBUTES = st.sampled_from([*KINDS, NAME, TAG, ATTRIBUTE_PREFIX + "plan"])
TEXTS = texts()
TIMES = times()
COUNTS = st.integers(0, 9)
BODIES = st.binary(max_size=50)
KINDS_OF_KEY = st.sampled_from(KINDS)
SOURCES_OF_CLAIM = st.sampled_from(SOURCES)
STATES = st.sampled_from([OPEN, CLOSED])
KINDS_OF_ENTRY = st.sampled_from([EVENT, DECISION])
SIGNATURES = st.sampled_from(["", "good", "wrong signature"]) | TEXTS
NOBODY_OR_ID = st.none() | IDS
REFS = st.sampled_from(["chat:1", "chat:2", "chat:" + "9" * 300]) | TEXTS
CONTACT_VALUES = st.sampled_from(["a@example.com", "b@example.com", "+905320000001", "7", "x" * 300])
VALUES = CONTACT_VALUES | TEXTS
ANY_NAMES = NAMES | TEXTS


def contact_keys(
    *, kinds: SearchStrategy[str] = KINDS_OF_KEY, values: SearchStrategy[str] = CONTACT_VALUES
) -> SearchStrategy[Key]:
    """Keys of the kinds there are."""
    return st.builds(Key, kinds, values)


@st.composite
def claims(
    draw: DrawFn,
    *,
    attributes: SearchStrategy[str] = ATTRIBUTES,
    values: SearchStrategy[str] = VALUES,
    names: SearchStrategy[str] = ANY_NAMES,
    sources: SearchStrategy[str] = SOURCES_OF_CLAIM,
    ats: SearchStrategy[int] = TIMES,
    seqs: SearchStrategy[int] = SEQS,
) -> Claim:
    """One claim; the value of a name comes from `names`, every other from `values`."""
    attribute = draw(attributes)
    value = draw(names if attribute == NAME else values)
    first, last = sorted((draw(ats), draw(ats)))
    return Claim(attribute, value, draw(sources), draw(st.just("") | TEXTS), first, last, draw(seqs))


def claim_sets(*, of: SearchStrategy[Claim] | None = None, max_size: int = 6) -> SearchStrategy[tuple[Claim, ...]]:
    """Claims as a customer keeps them: one per identity, sorted by it."""
    found = st.lists(of or claims(), max_size=max_size, unique_by=lambda claim: claim.identity)
    return found.map(lambda some: tuple(sorted(some, key=lambda claim: claim.identity)))


def customers(
    *,
    ids: SearchStrategy[str] = IDS,
    ats: SearchStrategy[int] = TIMES,
    counts: SearchStrategy[int] = COUNTS,
    claims: SearchStrategy[tuple[Claim, ...]] | None = None,
) -> SearchStrategy[Customer]:
    """One customer record."""
    return st.builds(
        Customer, id=ids, created_at=ats, seen_at=ats, chats=counts, events=counts, claims=claims or claim_sets()
    )


def edges(
    *, ids: SearchStrategy[str] = IDS, seqs: SearchStrategy[int] = SEQS, ats: SearchStrategy[int] = TIMES
) -> SearchStrategy[Edge]:
    """An edge between two different customers."""
    found = st.builds(Edge, loser=ids, winner=ids, rule=texts(max_size=8), seq=seqs, at=ats)
    return found.filter(lambda edge: edge.loser != edge.winner)


def chats(
    *,
    accounts: SearchStrategy[str] = ACCOUNTS,
    refs: SearchStrategy[str] = REFS,
    customers: SearchStrategy[str | None] = NOBODY_OR_ID,
    ats: SearchStrategy[int] = TIMES,
    seqs: SearchStrategy[int] = SEQS,
    facts: SearchStrategy[tuple[Claim, ...]] | None = None,
) -> SearchStrategy[Chat]:
    """One row of a conversation."""
    return st.builds(
        Chat,
        account=accounts,
        ref=refs,
        customer=customers,
        opened_at=ats,
        at=ats,
        seqs=st.lists(seqs, max_size=4, unique=True).map(lambda some: tuple(sorted(some))),
        facts=facts or claim_sets(max_size=2),
    )


def reasons(
    *,
    seqs: SearchStrategy[int] = SEQS,
    customers: SearchStrategy[str | None] = NOBODY_OR_ID,
    keys: SearchStrategy[Key] | None = None,
) -> SearchStrategy[Reason]:
    """Why one journal entry belongs to somebody or nobody."""
    key = keys or contact_keys()
    return st.builds(
        Reason,
        seq=seqs,
        customer=customers,
        rule=texts(max_size=8),
        key=st.none() | key,
        rivals=st.lists(st.builds(Rival, customer=IDS, key=key, why=TEXTS), max_size=2).map(tuple),
        dropped=st.lists(st.tuples(key, TEXTS), max_size=2).map(tuple),
        merged=st.lists(IDS, max_size=2, unique=True).map(tuple),
        proven=st.booleans(),
    )


def reviews(
    *,
    ids: SearchStrategy[str] = IDS,
    states: SearchStrategy[str] = STATES,
    seqs: SearchStrategy[int] = SEQS,
    ats: SearchStrategy[int] = TIMES,
) -> SearchStrategy[Review]:
    """A review of two different customers, in order."""
    found = st.builds(Review, a=ids, b=ids, why=TEXTS, key=st.none() | contact_keys(), seq=seqs, at=ats, state=states)
    return found.filter(lambda review: review.a < review.b)


def pairs(*, ids: SearchStrategy[str] = IDS) -> SearchStrategy[tuple[str, str]]:
    """Two different customers, in order."""
    found = st.lists(ids, min_size=2, max_size=2, unique=True)
    return found.map(lambda both: (min(both), max(both)))


def differences(
    *, ids: SearchStrategy[str] = IDS, seqs: SearchStrategy[int] = SEQS
) -> SearchStrategy[tuple[str, str, int]]:
    """Two that a person called different, and the journal entry that says so."""
    return st.builds(lambda pair, seq: (*pair, seq), pairs(ids=ids), seqs)


def words(*, keys: SearchStrategy[Key] | None = None, seqs: SearchStrategy[int] = SEQS) -> SearchStrategy[Word]:
    """What a person said of a key."""
    return st.builds(Word, key=keys or contact_keys(), shared=st.booleans(), seq=seqs)


def origins(
    *, accounts: SearchStrategy[str] = ACCOUNTS, names: SearchStrategy[str] | None = None
) -> SearchStrategy[Origin]:
    """Where a body came in."""
    name = names or texts(max_size=8)
    return st.builds(Origin, channel=name, account=accounts, region=st.none() | name, site=st.none() | name)


def entries(
    *,
    seqs: SearchStrategy[int] = SEQS,
    ats: SearchStrategy[int] = TIMES,
    bodies: SearchStrategy[bytes] = BODIES,
    kinds: SearchStrategy[str] = KINDS_OF_ENTRY,
    signatures: SearchStrategy[str] = SIGNATURES,
) -> SearchStrategy[Entry]:
    """One line of the journal."""
    return st.builds(Entry, seq=seqs, received_at=ats, origin=origins(), body=bodies, kind=kinds, signature=signatures)


def quarantined(
    *, numbers: SearchStrategy[int] = SEQS, bodies: SearchStrategy[bytes] = BODIES
) -> SearchStrategy[Quarantined]:
    """One body that could not be read."""
    return st.builds(
        Quarantined, number=numbers, received_at=TIMES, origin=origins(), code=TEXTS, message=TEXTS, body=bodies
    )


def cards(*, pairs: SearchStrategy[tuple[str, str]] | None = None) -> SearchStrategy[Card]:
    """What passed between a Jivo card and us."""
    some = st.frozensets(pairs or st.tuples(ATTRIBUTES, CONTACT_VALUES | TEXTS), max_size=4)
    return st.builds(Card, said=some, told=some)
