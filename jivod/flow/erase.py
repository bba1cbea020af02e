"""Erase: a person is forgotten. Of what spoke of him the journal keeps that something came in, and nothing of what it
said; everything else is folded anew from that, as if he had never been there.

Other people keep what is theirs. Where the person had been in the way of a rule, the rule decides without him now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial

from attrs import evolve, frozen

from jivod.flow import absent, feed
from jivod.flow.enact import Enactment
from jivod.flow.people import People
from jivod.flow.reading import read
from jivod.flow.steward import ORIGIN, Hand
from jivod.flow.typed import demand_name, is_storable
from jivod.model.claim import OPERATOR, Claim, subject
from jivod.model.contact import KINDS, PHONE, VISITOR, Key, visitor_key
from jivod.model.decision import Decision, Erase, Retract, Shared
from jivod.model.entry import DECISION, ERASED, EVENT, Entry, Quarantined
from jivod.model.errors import Refused
from jivod.model.word import word
from jivod.store import customers, decisions, edges, erased, former, journal, quarantine, reasons
from jivod.store.kv import Engine, Txn
from jivod.wire import decision as wire

NAMELESS = "an erasure needs the name of whoever does it"
LONGEST_REASON = 500  # characters
SHORTEST = 6  # bytes of a contact that is looked for in bodies that nobody could be found for
PHONE_DIGITS = 9  # at the end of a number: however its beginning is written
_ESCAPED_SPACE = re.compile(rb"\\[nrt]")  # in JSON
_BETWEEN_DIGITS = rb"[ ()./+-]{0,3}"
_BEFORE, _BEHIND = rb"(?<![a-z0-9._%+@-])", rb"(?![a-z0-9_%+@-]|\.[a-z0-9])"  # else li@ would be found in ali@
PAGE = 1000  # entries, to a transaction
_MANY = 1 << 20


@frozen(kw_only=True)
class Person:
    """Who is to be erased: the `ids` of all records, the journal entries `seqs` that belong to them; `keys` are those
    that nobody else has. `traces` are bytes by which a body that belongs to nobody is known to speak of him, `phones`
    the ends of his numbers.
    """

    root: str
    ids: frozenset[str]
    seqs: frozenset[int]
    keys: frozenset[Key]
    traces: tuple[bytes, ...]
    phones: tuple[bytes, ...]

    def change(self, txn: Txn, entry: Entry) -> Entry:
        """What an entry is without this person; see `flow.replay.Change`."""
        if entry.kind == DECISION:
            return _emptied(entry, b"") if self._is_about_him(wire.read(entry.body)) else entry
        if entry.kind == ERASED:
            return entry
        reason = reasons.get(txn, entry.seq)
        is_nobodys = reason is None or reason.customer is None
        if entry.seq not in self.seqs and not (is_nobodys and self.is_named_in(entry)):
            return entry
        return _emptied(entry, read(entry).digest if entry.kind == EVENT else b"")

    def continues(self, before: Person, seq: int) -> bool:
        """Whether of who he was `before`, up to journal entry `seq`, nothing has changed: only later entries came."""
        known = (before.root, before.ids, before.keys, before.traces, before.phones)
        if (self.root, self.ids, self.keys, self.traces, self.phones) != known:
            return False
        return all(later > seq for later in self.seqs ^ before.seqs)

    def is_named_in(self, item: Entry | Quarantined) -> bool:
        """Whether a body that belongs to nobody speaks of him."""
        body = _ESCAPED_SPACE.sub(b" ", item.body.lower())
        if any(pattern.search(body) for pattern in _patterns(self.traces, self.phones)):
            return True
        return isinstance(item, Entry) and not self.keys.isdisjoint(_cards(item))

    def _is_about_him(self, decision: Decision) -> bool:
        """Whether a decision is about nobody else, or about a contact that nobody else has: said of another, it was
        undone. What is left of his ids in others says nothing of him.
        """
        if isinstance(decision, Shared):
            return decision.key in self.keys
        said = word(decision, 0)
        if said is not None and Key(subject(said.attribute), said.value) in self.keys:
            return True
        ids = wire.ids_of(decision)
        return bool(ids) and self.ids.issuperset(ids)


@frozen(kw_only=True)
class Extent:
    """How much there is of a person: records, journal entries that will be emptied, bodies in quarantine."""

    records: int
    entries: int
    quarantined: int


def person(txn: Txn, id: str) -> Person:
    """The person behind any id ever given out, with all merged into it. Raises Refused where there is none."""
    record = former.meant(txn, id)
    if record is None:
        raise absent.nobody(txn, id)
    family = People(txn).family(edges.root(txn, record))
    ids = frozenset([one.id for one in family])
    seqs = frozenset([seq for one in ids for seq in reasons.numbers(txn, one)])
    claims = [claim for one in family for claim in one.claims] + list(_undone(txn, ids))
    keys = frozenset([key for key in map(_key_of, claims) if key is not None and _is_his(txn, key, ids)])
    return Person(
        root=family[0].id,
        ids=ids | frozenset(former.of(txn, seqs)),
        seqs=seqs,
        keys=keys,
        traces=tuple(sorted({trace for claim in claims for trace in _traces(claim, keys)})),
        phones=tuple(sorted({end for key in keys if (end := _end_of_phone(key))})),
    )


def extent(engine: Engine, found: Person, progress: Callable[[int, int], None]) -> Extent:
    """How much of this person is in the store; reads the whole journal. `progress` gets (done, of) between
    transactions.
    """
    total, entries, after = engine.read(journal.last), 0, 0
    while True:
        last, count = engine.read(partial(_counted, found=found, after=after))
        if last == after:
            break
        entries, after = entries + count, last
        progress(after, total)
    numbers = engine.read(lambda txn: list(in_quarantine(txn, found)))
    return Extent(records=len(found.ids), entries=entries, quarantined=len(numbers))


def _counted(txn: Txn, found: Person, after: int) -> tuple[int, int]:
    """The last entry of a page behind `after`, and how many of the page are to be emptied."""
    page = journal.after(txn, after, PAGE)
    return (page[-1].seq if page else after), sum(1 for entry in page if found.change(txn, entry) is not entry)


def in_quarantine(txn: Txn, found: Person) -> Iterator[int]:
    """The numbers of the bodies in quarantine that speak of this person."""
    after = 0
    while page := quarantine.listed(txn, 100, after):
        yield from [item.number for item in page if found.is_named_in(item)]
        after = page[-1].number


def sign(txn: Txn, hand: Hand, found: Person, reason: str, entries: int) -> Entry:
    """Journal, in the store that knows nothing of the person any more, that it was done: the proof."""
    demand_name(hand.by, NAMELESS)
    demand_reason(reason)
    decision = Erase(
        by=hand.by,
        customers=tuple(sorted(found.ids)),
        reason=reason.strip(),
        entries=entries,
        marks=tuple(sorted([erased.mark(txn, key) for key in found.keys if key.kind != VISITOR])),
    )
    entry = journal.append(txn, received_at=hand.at, origin=ORIGIN, body=wire.write(decision), kind=DECISION)
    Enactment(txn, People(txn), entry, hand.rules).enact(decision)
    feed.note_erased(txn, found.root, entry)
    return entry


def demand_reason(reason: str) -> None:
    """Raise Refused for a reason that is none."""
    if not reason.strip() or len(reason) > LONGEST_REASON or not is_storable(reason):
        raise Refused(
            f"an erasure needs a reason, {LONGEST_REASON} characters at most and without the name of the person; "
            "give it by --reason"
        )


def _emptied(entry: Entry, left: bytes) -> Entry:
    return evolve(entry, kind=ERASED, body=left, signature="", original=None)


def _undone(txn: Txn, ids: Iterable[str]) -> Iterator[Claim]:
    """What was said of him and taken back: it may be his for all that."""
    for seq in sorted({seq for id in ids for seq in decisions.of(txn, id, 0, _MANY)}):
        taken = wire.read(entry.body) if (entry := journal.get(txn, seq)) and entry.kind == DECISION else None
        if isinstance(taken, Retract):
            yield Claim(taken.subject, taken.value, OPERATOR, "", 0, 0, seq)


def _key_of(claim: Claim) -> Key | None:
    return Key(claim.attribute, claim.value) if claim.attribute in KINDS and claim.value else None


def _is_his(txn: Txn, key: Key, ids: frozenset[str]) -> bool:
    """Whether nobody else ever claimed the key."""
    return ids.issuperset(customers.having(txn, key, _MANY))


def _traces(claim: Claim, keys: Iterable[Key]) -> Iterator[bytes]:
    key = _key_of(claim)
    if key is None or key not in keys or key.kind == VISITOR:
        return
    for text in (claim.value, claim.raw):
        trace = text.strip().lower().encode("utf-8", "replace")
        if len(trace) >= SHORTEST:
            yield trace


@lru_cache(maxsize=8)
def _patterns(traces: tuple[bytes, ...], phones: tuple[bytes, ...]) -> tuple[re.Pattern[bytes], ...]:
    """What finds a contact as a whole, a phone in any spelling, in a body in lower case."""
    whole = [_BEFORE + b"(?:" + b"|".join(map(re.escape, traces)) + b")" + _BEHIND] if traces else []
    spelled = [_BETWEEN_DIGITS.join([b"%c" % digit for digit in end]) + rb"(?!\d)" for end in phones]
    return tuple([re.compile(pattern) for pattern in (*whole, *spelled)])


def _end_of_phone(key: Key) -> bytes | None:
    digits = re.sub(r"\D", "", key.value) if key.kind == PHONE else ""
    return digits[-PHONE_DIGITS:].encode() if len(digits) >= PHONE_DIGITS else None


def _cards(entry: Entry) -> Iterator[Key]:
    """Jivo's cards that an event names: of those about nobody, the deals and tasks of a client."""
    if entry.kind == EVENT:
        event = read(entry).event
        for number in (event.client_id, event.visitor.number):
            if number:
                yield visitor_key(entry.origin.account, number)
