"""Create: a customer whom a person enters: one of his own, whoever else has the same contacts."""

from __future__ import annotations

from jivod.flow import namesakes
from jivod.flow.people import People
from jivod.model.claim import OPERATOR, Claim
from jivod.model.customer import Customer
from jivod.model.decision import Create
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.model.reason import Reason
from jivod.policy.identity import CREATED
from jivod.policy.precedence import join
from jivod.policy.rules import Rules
from jivod.store import customers, reasons
from jivod.store.kv import Txn


def create(txn: Txn, people: People, entry: Entry, rules: Rules, d: Create) -> tuple[str, ...]:
    """Do it; the record. The entry is one of the new customer's: so it is told from the others under any policy."""
    at, seq = entry.received_at, entry.seq
    if customers.get(txn, d.customer) is not None:
        raise Refused("there is a customer of this id already; `jivod edit` says more about it")
    claims = join((), [Claim(attribute, value, OPERATOR, "", at, at, seq) for attribute, value in d.said])
    people.put(None, Customer(id=d.customer, created_at=at, seen_at=at, events=1, claims=claims))
    reasons.put(txn, None, Reason(seq=seq, customer=d.customer, rule=CREATED))
    namesakes.ask(txn, people, entry, rules, d.customer, d.said, why=namesakes.ENTERED)
    return (d.customer,)
