"""Detach: conversations that were added to the wrong customer become a customer of their own.

The record is told anew by the entries that stay, and a new one by those that go. What a person decided about the
customer stays where it was said.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from jivod.flow.attribution import evidence_of, newcomer_id
from jivod.flow.case import Case, open_case
from jivod.flow.people import People
from jivod.model.chat import Chat
from jivod.model.claim import OPERATOR, Claim
from jivod.model.customer import Customer
from jivod.model.errors import Damaged, Refused
from jivod.model.reason import Reason
from jivod.policy.identity import DETACHED
from jivod.policy.limits import within
from jivod.policy.precedence import join
from jivod.policy.rules import Rules
from jivod.store import chats, customers, journal, reasons
from jivod.store.kv import Txn
from jivod.wire import jivo

LONGEST = 10_000  # entries of one customer that are read again, at most


@frozen(kw_only=True)
class _Told:
    """One entry of a record, with what follows from it."""

    reason: Reason
    case: Case
    digest: bytes
    claims: tuple[Claim, ...]


def detach(txn: Txn, people: People, root: str, seqs: Iterable[int], rules: Rules) -> str:
    """Take the conversations of the journal entries `seqs` away from the customer `root`; the id of the new record.

    Raises Refused, and nothing was changed, where they are not of one record of this customer, or are all it has.
    """
    wanted = set(seqs)
    home = _home_of(people, txn, root, wanted)
    told = _told(txn, home, rules)
    going = _whole_conversations(txn, told, wanted)
    staying = [t for t in told if t not in going]
    if not staying:
        raise Refused("these conversations are all that is known of the customer: there is nothing to take them from")
    first = min(going, key=lambda t: t.reason.seq)
    new_id = newcomer_id(txn, first.case, first.digest)
    if customers.get(txn, new_id) is not None:
        raise Refused("this conversation made the customer: detach the other ones instead")
    _move(txn, going, new_id)
    people.put(home, _retold(home.id, staying, [c for c in home.claims if c.source == OPERATOR], rules))
    people.put(None, _retold(new_id, going, [], rules))
    return new_id


def _home_of(people: People, txn: Txn, root: str, wanted: set[int]) -> Customer:
    found = [reasons.get(txn, seq) for seq in sorted(wanted)]
    homes = {reason.customer for reason in found if reason is not None and reason.customer is not None}
    members = {record.id for record in people.family(root)}
    if len(homes) != 1 or None in found or not homes <= members:
        raise Refused("these entries are not all of one record of this customer; `jivod show --why` lists them")
    return people.record(homes.pop())


def _told(txn: Txn, home: Customer, rules: Rules) -> list[_Told]:
    if home.events > LONGEST:
        raise Refused(f"the customer has more than {LONGEST} entries: too many to take apart at once")
    return [_read(txn, reason, rules) for reason in reasons.of(txn, home.id, 0, LONGEST)]


def _read(txn: Txn, reason: Reason, rules: Rules) -> _Told:
    entry = journal.get(txn, reason.seq)
    if entry is None:
        raise Damaged("reasons: a record names a journal entry that is not there; run `jivod check`")
    reading = jivo.read(entry.body)
    case = open_case(entry, reading.event)
    return _Told(reason=reason, case=case, digest=reading.digest, claims=evidence_of(txn, case, rules).claims)


def _whole_conversations(txn: Txn, told: list[_Told], wanted: set[int]) -> list[_Told]:
    """The entries wanted, with all others of the same conversations."""
    refs = {(t.case.account, t.case.ref) for t in told if t.reason.seq in wanted and t.case.ref}
    return [t for t in told if t.reason.seq in wanted or (t.case.account, t.case.ref) in refs]


def _move(txn: Txn, going: list[_Told], new_id: str) -> None:
    for t in going:
        reasons.put(txn, t.reason, evolve(t.reason, customer=new_id, rule=DETACHED))
    for chat in _chats(txn, going):
        chats.put(txn, chat, evolve(chat, customer=new_id))


def _chats(txn: Txn, told: list[_Told]) -> list[Chat]:
    refs = dict.fromkeys((t.case.account, t.case.ref) for t in told if t.case.ref)
    return [chat for account, ref in refs if (chat := chats.get(txn, account, ref)) is not None]


def _retold(id: str, told: list[_Told], decided: list[Claim], rules: Rules) -> Customer:
    """The record as if nothing else had ever been added to it."""
    claims: tuple[Claim, ...] = ()
    for t in told:
        claims = join(claims, within(claims, t.claims, rules)[0])
    times = [t.case.at for t in told]
    return Customer(
        id=id,
        created_at=min(times),
        seen_at=max(times),
        chats=len({(t.case.account, t.case.ref) for t in told if t.case.ref}),
        events=len(told),
        claims=join(claims, decided),
    )
