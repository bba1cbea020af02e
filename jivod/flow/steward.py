"""Steward: what people decide about customers. Each function journals one decision and carries it out, or refuses.

All of them raise Refused with a sentence that says what to do instead; then nothing was changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from jivod.flow import feed
from jivod.flow.absent import nobody
from jivod.flow.anchor import anchor
from jivod.flow.attribution import created_id
from jivod.flow.enact import Enactment
from jivod.flow.people import People
from jivod.flow.typed import Reader, demand_name
from jivod.model import refusal
from jivod.model.claim import ATTRIBUTE_PREFIX, DESCRIPTION, NAME, is_union
from jivod.model.contact import EMAIL, KINDS, PHONE, Key
from jivod.model.customer import GoldenRecord
from jivod.model.decision import (
    Clear,
    Confirm,
    Create,
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
from jivod.model.living import living
from jivod.policy.rules import Rules
from jivod.store import edges, former, journal
from jivod.store.kv import Txn
from jivod.wire import decision as wire

ORIGIN = Origin(channel="", account="")  # a decision comes in by no channel
SAID = 200  # values that a customer may be entered with
MOST = 500  # customers that one decision unmerges: a webhook waits as long as that takes


@frozen(kw_only=True)
class Hand:
    """Who decides (`by`), when (`at`, UNIX ms), by which rules, and the countries of phones typed without a code."""

    by: str
    at: int
    rules: Rules
    regions: tuple[str, ...] = ()

    @property
    def reader(self) -> Reader:
        """Reads what the person typed."""
        return Reader(self.rules, self.regions)


def create(txn: Txn, hand: Hand, said: Iterable[tuple[str, str]]) -> Entry:
    """Enter a customer of whom these (attribute, value) are known; whoever shares a contact with him is asked about."""
    known = tuple(dict.fromkeys([_said(hand, attribute, value) for attribute, value in said]))
    if not 1 <= len(known) <= SAID:
        raise Refused(f"a customer is entered with 1 to {SAID} values; say the name, an e-mail or a phone")
    singles = [attribute for attribute, _ in known if not is_union(attribute)]
    if len(singles) > len(set(singles)):
        raise Refused("an attribute that has one value was given two; say the right one")
    id = created_id(txn, hand.at, journal.last(txn) + 1)
    return decide(txn, hand, Create(by=hand.by, customer=id, said=known))


def edit(txn: Txn, hand: Hand, id: str, attribute: str, value: str) -> Entry:
    """Give the customer a value: an e-mail or phone more, another name. Own attributes are called `attr:<name>`."""
    attribute, value = _said(hand, attribute, value)
    return decide(txn, hand, Edit(by=hand.by, customer=living_of(txn, id), attribute=attribute, value=value))


def clear(txn: Txn, hand: Hand, id: str, attribute: str, value: str = "") -> Entry:
    """Take a value away; with "" all values of the attribute."""
    attribute, root = hand.reader.attribute(attribute), living_of(txn, id)
    there = _values(txn, root, attribute)
    if not there:
        raise Refused(f"there is no {attribute} to take away; `jivod show {root}` lists what there is")
    plain = _one_of(hand, root, attribute, value, there) if value else ""
    return decide(txn, hand, Clear(by=hand.by, customer=root, attribute=attribute, value=plain))


def confirm(txn: Txn, hand: Hand, id: str, kind: str, value: str) -> Entry:
    """A contact of the customer is known to be his own."""
    if kind not in KINDS:
        raise Refused(f"only a contact can be confirmed; name one of {', '.join(KINDS)}")
    root, key = _contact_of(txn, hand, id, kind, value)
    return decide(txn, hand, Confirm(by=hand.by, customer=root, key=key))


def primary(txn: Txn, hand: Hand, id: str, kind: str, value: str) -> Entry:
    """Of the customer's e-mails or phones this one stands first."""
    if kind not in (EMAIL, PHONE):
        raise Refused(f"only an {EMAIL} or a {PHONE} can stand first; name one of those")
    root, key = _contact_of(txn, hand, id, kind, value)
    return decide(txn, hand, Primary(by=hand.by, customer=root, key=key))


def settle(txn: Txn, hand: Hand, id: str, attribute: str, value: str) -> Entry:
    """Of the values that contest an attribute this is the right one."""
    attribute, value = _said(hand, attribute, value)
    root = living_of(txn, id)
    golden = People(txn).golden(root, hand.rules)
    contested = {c.value for c in golden.contested if c.attribute == attribute}
    if not contested:
        raise Refused(f"nothing contests the {attribute} of this customer; `jivod edit` changes it")
    if value not in contested and value != shown(golden, attribute):
        raise Refused(
            f"that is none of the contested values; `jivod show {root}` lists them, `jivod edit` adds another"
        )
    return decide(txn, hand, Edit(by=hand.by, customer=root, attribute=attribute, value=value, settles=True))


def merge(txn: Txn, hand: Hand, loser: str, winner: str) -> Entry:
    """Make the customer `loser` part of `winner`."""
    mine, theirs = _known(txn, loser, "the first id"), _known(txn, winner, "the second id")
    return decide(txn, hand, Merge(by=hand.by, loser=mine, winner=theirs))


def unmerge(txn: Txn, hand: Hand, ids: tuple[str, ...], *, tree: bool = False) -> Entry:
    """Let each of `ids` stand for itself again; with `tree`, also whatever had been merged into them."""
    if not 1 <= len(ids) <= MOST:
        raise Refused(f"between 1 and {MOST} customers can be unmerged at once; name the others after that")
    named = tuple(dict.fromkeys([_known(txn, id) for id in ids]))
    for id in named:
        _demand_merged(txn, id, tree=tree)
    if tree and sum(len(edges.tree(txn, id)) for id in named) > MOST + 1:
        raise Refused(
            f"more than {MOST} customers are in there; unmerge some of those that `jivod show` lists first",
            refusal.MANY,
        )
    parted = tuple([(edge.loser, edge.winner) for edge in edges.above(txn, named, within=tree)])
    return decide(txn, hand, Unmerge(by=hand.by, customers=named, tree=tree, parted=parted))


def detach(txn: Txn, hand: Hand, id: str, seqs: tuple[int, ...]) -> Entry:
    """Make a customer of its own of the conversations of these journal entries."""
    return decide(txn, hand, Detach(by=hand.by, customer=living_of(txn, id), seqs=seqs))


def tell_apart(txn: Txn, hand: Hand, a: str, b: str, *, different: bool = True) -> Entry:
    """The two are different people for ever; or take that back."""
    one, other = living_of(txn, a, "the first id"), living_of(txn, b, "the second id")
    return decide(txn, hand, Different(by=hand.by, a=one, b=other, different=different))


def share(txn: Txn, hand: Hand, key: Key, *, shared: bool) -> Entry:
    """The key belongs to several people and decides nothing; or it is one customer's own."""
    return decide(txn, hand, Shared(by=hand.by, key=key, shared=shared))


def key_of(hand: Hand, text: str) -> Key:
    """The key that a person typed: an e-mail, a phone, or any as KIND:VALUE. Raises Refused where it can be none."""
    return hand.reader.key(text)


def decide(txn: Txn, hand: Hand, decision: Decision) -> Entry:
    """Journal a decision that is fit to be taken, and carry it out."""
    demand_name(hand.by, "a decision needs the name of whoever takes it")
    anchored = evolve(decision, anchors=_anchors(txn, decision))
    entry = journal.append(txn, received_at=hand.at, origin=ORIGIN, body=wire.write(anchored), kind=DECISION)
    people = People(txn)
    ear = feed.listen_to_decision(txn, people, wire.ids_of(anchored), hand.rules)
    touched = Enactment(txn, people, entry, hand.rules).enact(anchored)
    if ear is not None:
        ear.decision(entry, anchored, touched)
    return entry


def _anchors(txn: Txn, decision: Decision) -> dict[str, int]:
    found = {id: anchor(txn, id) for id in wire.ids_of(decision)}
    return {id: seq for id, seq in found.items() if seq is not None}


def _said(hand: Hand, attribute: str, value: str) -> tuple[str, str]:
    attribute = hand.reader.attribute(attribute)
    return attribute, hand.reader.value(attribute, value)


def _known(txn: Txn, id: str, which: str = "this id") -> str:
    record = former.meant(txn, id)
    if record is None:
        raise nobody(txn, id, which)
    return record


def living_of(txn: Txn, id: str, which: str = "this id") -> str:
    """The living customer behind any id ever given out. Raises Refused where there is none."""
    return edges.root(txn, _known(txn, id, which))


def _demand_merged(txn: Txn, id: str, *, tree: bool) -> None:
    if edges.get(txn, id) is not None:
        return
    inside = edges.losers(txn, id)
    if not inside:
        raise Refused(
            f"{id} is part of no other customer and has none in it; `jivod show {id} --why` tells what was done",
            refusal.ALONE,
        )
    if not tree:
        raise Refused(
            f"{id} is part of no other customer; `jivod unmerge {id} --tree` parts it from those that are in it",
            refusal.ALONE,
        )


def _contact_of(txn: Txn, hand: Hand, id: str, kind: str, value: str) -> tuple[str, Key]:
    root = living_of(txn, id)
    there = _values(txn, root, kind)
    if not there:
        raise Refused(f"this customer has no {kind}; `jivod edit` adds one")
    return root, Key(kind, _one_of(hand, root, kind, value, there))


def _one_of(hand: Hand, root: str, attribute: str, value: str, there: set[str]) -> str:
    found = hand.reader.one_of(there, attribute, value)
    if found is None:
        raise Refused(f"this customer has no such {attribute}; `jivod show {root}` lists what there is")
    return found


def _values(txn: Txn, root: str, attribute: str) -> set[str]:
    """Every value of the attribute that somebody said of the living customer and nobody took away."""
    claims = tuple([claim for record in People(txn).family(root) for claim in record.claims])
    return {claim.value for claim in living(claims) if claim.attribute == attribute}


def shown(golden: GoldenRecord, attribute: str) -> str | None:
    """The single value that is shown of the attribute, if any is."""
    own = golden.attributes.get(attribute.removeprefix(ATTRIBUTE_PREFIX))
    return {NAME: golden.name, DESCRIPTION: golden.description}.get(attribute, own)
