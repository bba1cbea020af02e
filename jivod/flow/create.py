"""Create: a customer whom a person enters: one of his own, whoever else has the same contacts."""

from __future__ import annotations

from jivod.flow import doubts
from jivod.flow.attribution import look_up
from jivod.flow.people import People
from jivod.model.claim import OPERATOR, Claim
from jivod.model.contact import KINDS, Key
from jivod.model.customer import Customer
from jivod.model.decision import Create
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.model.reason import Reason, Rival
from jivod.policy.identity import CREATED
from jivod.policy.precedence import join
from jivod.policy.rules import STRONGEST, Rules
from jivod.store import customers, reasons
from jivod.store.kv import Txn

_BY_HAND = "one of them was entered by hand"


def create(txn: Txn, people: People, entry: Entry, rules: Rules, d: Create) -> tuple[str, ...]:
    """Do it; the record. The entry is one of the new customer's: so it is told from the others under any policy."""
    at, seq = entry.received_at, entry.seq
    if customers.get(txn, d.customer) is not None:
        raise Refused("there is a customer of this id already; `jivod edit` says more about it")
    claims = join((), [Claim(attribute, value, OPERATOR, "", at, at, seq) for attribute, value in d.said])
    people.put(None, Customer(id=d.customer, created_at=at, seen_at=at, events=1, claims=claims))
    reasons.put(txn, None, Reason(seq=seq, customer=d.customer, rule=CREATED))
    if rules.on_conflict != STRONGEST:
        doubts.raise_all(txn, people, d.customer, _namesakes(txn, people, rules, d), seq, at)
    return (d.customer,)


def _namesakes(txn: Txn, people: People, rules: Rules, d: Create) -> list[Rival]:
    """The living customers who hold a contact of the new one that may decide something."""
    keys = [Key(attribute, value) for attribute, value in d.said if attribute in KINDS]
    found, _ = look_up(txn, people, keys, rules)
    pairs = [(key, id) for key, ids in found.items() for id in sorted(ids - {d.customer})]
    return [Rival(customer=id, key=key, why=_BY_HAND) for key, id in pairs]
