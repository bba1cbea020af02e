"""Steward: what people decide about customers. Each function journals one decision and carries it out, or refuses.

All of them raise Refused with a sentence that says what to do instead; then nothing was changed.
"""

from __future__ import annotations

from attrs import evolve, frozen

from jivod.flow.enact import Enactment, unknown
from jivod.flow.people import People
from jivod.model.claim import ASSIGNED_AGENT, ATTRIBUTE_PREFIX, DESCRIPTION, NAME, ORGANIZATION, STATUS, TAG
from jivod.model.contact import EMAIL, KINDS, PHONE, Contact, Key
from jivod.model.customer import GoldenRecord
from jivod.model.decision import (
    Clear,
    Confirm,
    Decision,
    Detach,
    Different,
    Edit,
    Merge,
    Primary,
    Shared,
    Unmerge,
)
from jivod.model.entry import DECISION, Entry, Origin
from jivod.model.errors import Refused
from jivod.policy import contact
from jivod.policy.rules import Rules
from jivod.store import customers, journal, reasons
from jivod.store.kv import Txn
from jivod.wire import decision as wire

ORIGIN = Origin(channel="", account="")  # a decision comes in by no channel
LONGEST = 8192  # characters of a value
_PLAIN = frozenset((NAME, DESCRIPTION, ORGANIZATION, STATUS, ASSIGNED_AGENT, TAG))


@frozen(kw_only=True)
class Hand:
    """Who decides (`by`), when (`at`, UNIX ms), by which rules, and the countries of phones typed without a code."""

    by: str
    at: int
    rules: Rules
    regions: tuple[str, ...] = ()


def edit(txn: Txn, hand: Hand, id: str, attribute: str, value: str) -> Entry:
    """Give the customer a value: an e-mail or phone more, another name. Own attributes are called `attr:<name>`."""
    attribute, value = _said(hand, attribute, value)
    return _decide(txn, hand, Edit(by=hand.by, customer=_living(txn, id), attribute=attribute, value=value))


def clear(txn: Txn, hand: Hand, id: str, attribute: str, value: str = "") -> Entry:
    """Take a value away; with "" all values of the attribute."""
    attribute, value = _said(hand, attribute, value) if value else (_attribute(attribute), "")
    golden = _golden(txn, hand, id)
    if not _values(golden, attribute) or (value and value not in _values(golden, attribute)):
        raise Refused(f"this customer has no such {attribute}; `jivod show {golden.id}` lists what there is")
    return _decide(txn, hand, Clear(by=hand.by, customer=golden.id, attribute=attribute, value=value))


def confirm(txn: Txn, hand: Hand, id: str, kind: str, value: str) -> Entry:
    """A contact of the customer is known to be his own."""
    golden, key = _contact_of(txn, hand, id, kind, value)
    return _decide(txn, hand, Confirm(by=hand.by, customer=golden.id, key=key))


def primary(txn: Txn, hand: Hand, id: str, kind: str, value: str) -> Entry:
    """Of the customer's e-mails or phones this one stands first."""
    golden, key = _contact_of(txn, hand, id, kind, value)
    if kind not in (EMAIL, PHONE):
        raise Refused("only an e-mail or a phone can be the primary one")
    return _decide(txn, hand, Primary(by=hand.by, customer=golden.id, key=key))


def settle(txn: Txn, hand: Hand, id: str, attribute: str, value: str) -> Entry:
    """Of the values that contest an attribute this is the right one."""
    attribute, value = _said(hand, attribute, value)
    golden = _golden(txn, hand, id)
    contested = {c.value for c in golden.contested if c.attribute == attribute}
    if not contested:
        raise Refused(f"nothing is contested about the {attribute} of this customer; `jivod edit` changes it")
    if value not in contested | _values(golden, attribute):
        raise Refused(f"nobody said that; `jivod show {golden.id}` lists the values, `jivod edit` adds another")
    return _decide(txn, hand, Edit(by=hand.by, customer=golden.id, attribute=attribute, value=value, settles=True))


def merge(txn: Txn, hand: Hand, loser: str, winner: str) -> Entry:
    """Make the customer `loser` part of `winner`."""
    return _decide(txn, hand, Merge(by=hand.by, loser=_known(txn, loser), winner=_known(txn, winner)))


def unmerge(txn: Txn, hand: Hand, ids: tuple[str, ...], *, tree: bool = False) -> Entry:
    """Let each of `ids` stand for itself again; with `tree`, also what had been merged into them."""
    return _decide(txn, hand, Unmerge(by=hand.by, customers=tuple([_known(txn, id) for id in ids]), tree=tree))


def detach(txn: Txn, hand: Hand, id: str, seqs: tuple[int, ...]) -> Entry:
    """Make a customer of its own of the conversations of these journal entries."""
    return _decide(txn, hand, Detach(by=hand.by, customer=_living(txn, id), seqs=seqs))


def tell_apart(txn: Txn, hand: Hand, a: str, b: str, *, different: bool = True) -> Entry:
    """The two are different people for ever; or take that back."""
    return _decide(txn, hand, Different(by=hand.by, a=_living(txn, a), b=_living(txn, b), different=different))


def share(txn: Txn, hand: Hand, key: Key, *, shared: bool) -> Entry:
    """The key belongs to several people and decides nothing; or it is one customer's own."""
    return _decide(txn, hand, Shared(by=hand.by, key=key, shared=shared))


def key_of(hand: Hand, text: str) -> Key:
    """The e-mail or phone that a person typed. Raises Refused where it can be neither."""
    found = contact.emails(text, hand.rules) if "@" in text else contact.phones(text, hand.regions, hand.rules)
    return _one(found, "an e-mail or a phone", text)


def _decide(txn: Txn, hand: Hand, decision: Decision) -> Entry:
    if not hand.by.strip():
        raise Refused("a decision needs the name of whoever takes it")
    anchored = evolve(decision, anchors=_anchors(txn, decision))
    entry = journal.append(txn, received_at=hand.at, origin=ORIGIN, body=wire.write(anchored), kind=DECISION)
    Enactment(txn, People(txn), entry, hand.rules).enact(anchored)
    return entry


def _anchors(txn: Txn, decision: Decision) -> dict[str, int]:
    found = {id: reasons.of(txn, id, 0, 1) for id in wire.ids_of(decision)}
    return {id: first[0].seq for id, first in found.items() if first}


def _known(txn: Txn, id: str) -> str:
    if customers.get(txn, id) is None:
        raise unknown(id)
    return id


def _living(txn: Txn, id: str) -> str:
    return People(txn).root(_known(txn, id))


def _golden(txn: Txn, hand: Hand, id: str) -> GoldenRecord:
    return People(txn).golden(_living(txn, id), hand.rules)


def _contact_of(txn: Txn, hand: Hand, id: str, kind: str, value: str) -> tuple[GoldenRecord, Key]:
    attribute, plain = _said(hand, kind, value)
    golden = _golden(txn, hand, id)
    if attribute not in KINDS or plain not in _values(golden, attribute):
        raise Refused(f"this customer has no such {kind}; `jivod edit` adds one")
    return golden, Key(attribute, plain)


def _values(golden: GoldenRecord, attribute: str) -> set[str]:
    several = {EMAIL: golden.emails, PHONE: golden.phones, TAG: golden.tags}
    if attribute in several:
        return set(several[attribute])
    if attribute in KINDS:
        return {*golden.tokens, *golden.visitors}
    one = {NAME: golden.name, DESCRIPTION: golden.description}.get(
        attribute, golden.attributes.get(attribute.removeprefix(ATTRIBUTE_PREFIX))
    )
    return {one} if one else set()


def _attribute(attribute: str) -> str:
    own = attribute.startswith(ATTRIBUTE_PREFIX) and len(attribute) > len(ATTRIBUTE_PREFIX)
    if attribute in _PLAIN or attribute in KINDS or own:
        return attribute
    raise Refused(f"there is no attribute {attribute!r}; say name, email, phone, description, tag or attr:<name>")


def _said(hand: Hand, attribute: str, value: str) -> tuple[str, str]:
    """The attribute and its value as the store has them."""
    attribute, plain = _attribute(attribute), value.strip()
    if not plain or len(plain) > LONGEST or "\0" in plain:
        raise Refused(f"a value has 1 to {LONGEST} characters; `jivod edit --clear` takes one away")
    if attribute == EMAIL:
        return attribute, _one(contact.emails(plain, hand.rules), "an e-mail", plain).value
    if attribute == PHONE:
        return attribute, _one(contact.phones(plain, hand.regions, hand.rules), "a phone", plain).value
    return attribute, plain


def _one(found: list[Contact], noun: str, text: str) -> Key:
    usable = [c.key for c in found if not c.refused]
    if len(usable) != 1:
        why = found[0].refused if found and found[0].refused else f"that is not {noun}"
        raise Refused(f"{why}; give one, a phone with its country code")
    return usable[0]
