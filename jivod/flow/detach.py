"""Detach: conversations that were added to the wrong customer become a customer of their own.

The record is told anew by the entries that stay, and a new one by those that go. What a person decided about the
customer stays where it was said.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from jivod.flow.attribution import evidence_of, newcomer_id
from jivod.flow.case import Case, open_case
from jivod.flow.people import People
from jivod.flow.reading import read
from jivod.model import refusal
from jivod.model.claim import OPERATOR, REFUSED_PREFIX, Claim
from jivod.model.contact import Key
from jivod.model.customer import Customer
from jivod.model.entry import Entry
from jivod.model.errors import Damaged, Refused
from jivod.model.reason import Reason
from jivod.model.value import frozen
from jivod.policy.evidence import proven, refuse
from jivod.policy.identity import CREATED, DETACHED, FOREIGN
from jivod.policy.limits import within
from jivod.policy.precedence import join
from jivod.policy.rules import Rules
from jivod.policy.signature import GOOD
from jivod.store import chats, customers, journal, reasons
from jivod.store.kv import Txn

LONGEST = 10_000  # entries of one record that are read again, at most

# (attribute, value, source) -> first and last time (UNIX ms) that a record knows of: what came outside of it was no
# evidence, since Jivo had it from us; today the card does not tell that any more.
Spans = dict[tuple[str, str, str], tuple[int, int]]


@frozen(kw_only=True)
class Told:
    """One entry of a record, with what follows from it. `ref` None: it belongs to no conversation. `at`: UNIX ms."""

    reason: Reason
    account: str
    ref: str | None
    at: int
    keys: tuple[Key, ...]
    claims: tuple[Claim, ...]

    @property
    def conversation(self) -> tuple[str, str]:
        """What is taken away as a whole."""
        return self.account, self.ref or f"entry:{self.reason.seq}"


def told(txn: Txn, record: Customer, rules: Rules) -> list[Told]:
    """Every event of a record that has at most LONGEST entries, in the order of the journal."""
    spans = _spans(record)
    every = reasons.of(txn, record.id, 0, LONGEST)
    return [_read(txn, reason, rules, spans) for reason in every if reason.rule != CREATED]


def entered_at(txn: Txn, record: Customer) -> int | None:
    """When a person entered the record (UNIX ms), so that it needs no event to be there; None if an event made it."""
    every = reasons.of(txn, record.id, 0, LONGEST)
    seq = next((reason.seq for reason in every if reason.rule == CREATED), None)
    return None if seq is None else _entry(txn, seq).received_at


def detach(txn: Txn, people: People, root: str, seqs: Iterable[int], rules: Rules) -> tuple[str, str]:
    """Take the conversations of the journal entries `seqs` away from the customer `root`; the ids of the record that
    had them and of the new one.

    Raises Refused, and nothing was changed, where they are not of one record of this customer, or are all it has.
    """
    wanted = set(seqs)
    home = _home_of(people, txn, root, wanted)
    if home.events > LONGEST:
        raise Refused(
            f"{home.id} has more than {LONGEST} entries, too many to take apart; `jivod share` keeps others out of it",
            refusal.LARGE,
        )
    everything = told(txn, home, rules)
    whole = {t.conversation for t in everything if t.reason.seq in wanted}
    going = [t for t in everything if t.conversation in whole]
    staying = [t for t in everything if t.conversation not in whole]
    entered = entered_at(txn, home)
    if others := wanted - {t.reason.seq for t in everything}:
        raise Refused(
            f"entry {min(others)} is no conversation; `jivod show {home.id} --why` names those that are",
            refusal.ELSEWHERE,
        )
    if not staying and entered is None:
        raise Refused(f"these conversations are all there is of {home.id}; `jivod unmerge` undoes a merge", refusal.ALL)
    new_id = _id_of(txn, going[0].reason.seq)
    if customers.get(txn, new_id) is not None:
        raise Refused(f"this conversation made {new_id}: take away the others instead", refusal.MAKER)
    _move(txn, going, new_id)
    decided = [c for c in home.claims if c.source == OPERATOR]
    people.put(home, _retold(home.id, staying, decided, rules, entered))
    people.put(None, _retold(new_id, going, [], rules))
    return home.id, new_id


def _home_of(people: People, txn: Txn, root: str, wanted: set[int]) -> Customer:
    found = [reasons.get(txn, seq) for seq in sorted(wanted)]
    homes = {reason.customer for reason in found if reason is not None and reason.customer is not None}
    members = {record.id for record in people.family(root)}
    if len(homes) != 1 or None in found or not homes <= members:
        raise Refused(
            f"these entries are not all of one record of {root}; `jivod show {root} --why` lists them by their numbers",
            refusal.ELSEWHERE,
        )
    return people.record(homes.pop())


def _spans(record: Customer) -> Spans:
    spans: Spans = {}
    for c in record.claims:
        first, last = spans.get(_said(c), (c.first_at, c.last_at))
        spans[_said(c)] = (min(first, c.first_at), max(last, c.last_at))
    return spans


def _said(c: Claim) -> tuple[str, str, str]:
    return c.attribute.removeprefix(REFUSED_PREFIX), c.value, c.source


def _read(txn: Txn, reason: Reason, rules: Rules, spans: Spans) -> Told:
    case, _ = _open(txn, reason.seq)
    evidence = evidence_of(txn, case, rules)
    if reason.proven and case.entry.signature == GOOD:
        evidence = proven(evidence)
    evidence = refuse(evidence, [key for key, why in reason.dropped if why == FOREIGN], FOREIGN)
    nowhere = (case.at + 1, case.at - 1)
    claims = [c for c in evidence.claims if (span := spans.get(_said(c), nowhere))[0] <= case.at <= span[1]]
    return Told(reason=reason, account=case.account, ref=case.ref, at=case.at, keys=evidence.keys, claims=tuple(claims))


def _open(txn: Txn, seq: int) -> tuple[Case, bytes]:
    """The case of a journal entry, and the digest of its content."""
    entry = _entry(txn, seq)
    reading = read(entry)
    return open_case(entry, reading.event), reading.digest


def _entry(txn: Txn, seq: int) -> Entry:
    entry = journal.get(txn, seq)
    if entry is None:
        raise Damaged("reasons: a record names a journal entry that is not there; run `jivod check`")
    return entry


def _id_of(txn: Txn, seq: int) -> str:
    """The id of the customer that this entry would have made."""
    case, digest = _open(txn, seq)
    return newcomer_id(txn, case, digest)


def _move(txn: Txn, going: list[Told], new_id: str) -> None:
    for t in going:
        reasons.put(txn, t.reason, evolve(t.reason, customer=new_id, rule=DETACHED))
    for account, ref in dict.fromkeys([(t.account, t.ref) for t in going]):
        chat = chats.get(txn, account, ref) if ref else None
        if chat is not None:
            chats.put(txn, chat, evolve(chat, customer=new_id))


def _retold(id: str, entries: list[Told], decided: list[Claim], rules: Rules, entered: int | None = None) -> Customer:
    """The record as if nothing else had ever been added to it; `entered`: by a person, at this time."""
    claims: tuple[Claim, ...] = ()
    for t in entries:
        held = join(claims, [c for c in decided if c.seq < t.reason.seq])
        claims = join(claims, within(held, t.claims, rules)[0])
    times = [*([] if entered is None else [entered]), *[t.at for t in entries]]
    return Customer(
        id=id,
        created_at=min(times),
        seen_at=max(times),
        chats=len({t.conversation for t in entries if t.ref}),
        events=len(times),
        claims=join(claims, decided),
    )
