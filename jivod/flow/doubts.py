"""Doubts: pairs of customers who may be one. Each is a review that is asked once; who a person decided on is settled.

A merge moves no review: whom it is about now is found when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from jivod.flow.people import People
from jivod.model.contact import EMAIL, PHONE, TOKEN, VERIFIED_TOKEN, VISITOR, Key
from jivod.model.customer import GoldenRecord
from jivod.model.errors import Refused
from jivod.model.reason import CLOSED, OPEN, Review, Rival
from jivod.model.value import frozen
from jivod.policy.rules import Rules
from jivod.store import delays, edges, reviews
from jivod.store.kv import Txn

PAGE = 100  # reviews read at once

_NOUNS = {
    VERIFIED_TOKEN: "a signed token",
    TOKEN: "a token",
    EMAIL: "an e-mail",
    PHONE: "a phone",
    VISITOR: "a browser",
}

VERIFIED_DATA, MORE_CHATS, OLDER, LOWER_ID = "verified data", "more chats", "the older one", "the lower id"
"""What speaks for the one of two that should stay."""

Values = tuple[str, ...]


@frozen(kw_only=True)
class Differing:
    """A field of the golden record, or an attribute by its name, in which two customers say different things."""

    field: str
    a: Values
    b: Values


@frozen(kw_only=True)
class Doubt:
    """An open review as it stands now. `a` and `b` are the living customers behind the pair of `review`.

    `winner` is the id of the one that the other should become part of, `why` what speaks for it, in words. A field in
    which one of the two says nothing is not `differing`.
    """

    review: Review
    a: GoldenRecord
    b: GoldenRecord
    winner: str
    why: str
    differing: tuple[Differing, ...]


def raise_all(txn: Txn, people: People, customer: str, rivals: Iterable[Rival], seq: int, at: int) -> None:
    """Open a review for `customer` and each rival, unless the two are one, settled, or asked about already."""
    mine = people.root(customer)
    for rival in rivals:
        theirs = people.root(rival.customer)
        if theirs != mine and theirs not in people.apart(mine) and not any(between(txn, people, mine, theirs)):
            a, b = sorted((mine, theirs))
            reviews.open_review(txn, Review(a=a, b=b, why=_why(rival), key=rival.key, seq=seq, at=at))


def between(txn: Txn, people: People, a: str, b: str) -> Iterator[Review]:
    """Every review, open or closed, that is now about the living customers `a` and `b`."""
    for record in people.family(a):
        for review in reviews.of(txn, record.id):
            if {people.root(review.a), people.root(review.b)} == {a, b}:
                yield review


def settle(txn: Txn, people: People, a: str, b: str) -> None:
    """A person decided on the living customers `a` and `b`: nothing is open between them."""
    for review in list(between(txn, people, a, b)):
        if review.state == OPEN:
            reviews.put(txn, review, evolve(review, state=CLOSED))
            delays.remove(txn, review.a, review.b)


def put_off(txn: Txn, people: People, a: str, b: str, until: int, seq: int) -> None:
    """Ask about the living customers `a` and `b` again at `until` (UNIX ms; 0: now), as journal entry `seq` says.
    Raises Refused where nothing is open between them.
    """
    found = [review for review in between(txn, people, a, b) if review.state == OPEN and a != b]
    if not found:
        raise Refused("nobody is asked whether these two are one, so there is nothing to put off")
    for review in found:
        if until:
            delays.put(txn, delays.Delay(a=review.a, b=review.b, until=until, seq=seq))
        else:
            delays.remove(txn, review.a, review.b)


def beside(txn: Txn, people: People, root: str) -> frozenset[str]:
    """The living customers that an open review sets beside `root`: those of the `open_pairs` that it is one of."""
    found = [r for member in people.family(root) for r in reviews.of(txn, member.id) if r.state == OPEN]
    others = frozenset([people.root(id) for r in found for id in (r.a, r.b)]) - {root}
    return others - people.apart(root) if others else others


def open_pairs(txn: Txn, people: People, rules: Rules, limit: int, key: Key | None = None) -> list[Doubt]:
    """The pairs that a person should look at now, newest review first, each pair once; with `key` those that share it.

    Left out are pairs that have become one customer since, or were called different.
    """
    found: dict[frozenset[str], Doubt] = {}
    for review in _open(txn):
        if len(found) >= limit:
            break
        pair = standing(txn, people, review)
        if pair is not None and frozenset(pair) not in found and key in (None, review.key):
            found[frozenset(pair)] = doubt(review, *[people.golden(id, rules) for id in pair])
    return list(found.values())


def page(
    txn: Txn, people: People, rules: Rules, limit: int, before: Review | None = None
) -> tuple[list[Doubt], Review | None]:
    """What is left to look at of the next `limit` open reviews, newest first; and the review at which the page after
    this goes on as `before`, None behind the last. So a page is never much work, however many have come to nothing.
    """
    asked = reviews.listed(txn, OPEN, limit, before)
    pairs = [(review, pair) for review in asked if (pair := standing(txn, people, review)) is not None]
    found = [doubt(review, people.golden(a, rules), people.golden(b, rules)) for review, (a, b) in pairs]
    return found, asked[-1] if len(asked) == limit else None


def standing(txn: Txn, people: People, review: Review) -> tuple[str, str] | None:
    """The living customers whom it is about now; None where there is nothing to ask any more."""
    a, b = edges.root(txn, review.a), edges.root(txn, review.b)
    return None if a == b or b in people.apart(a) else (a, b)


def _open(txn: Txn) -> Iterator[Review]:
    page = reviews.listed(txn, OPEN, PAGE)
    while page:
        yield from page
        page = reviews.listed(txn, OPEN, PAGE, page[-1])


def doubt(review: Review, a: GoldenRecord, b: GoldenRecord) -> Doubt:
    """The review with the living customers whom it is about now."""
    winner, why = propose(a, b)
    return Doubt(review=review, a=a, b=b, winner=winner, why=why, differing=tuple(_differing(a, b)))


def propose(a: GoldenRecord, b: GoldenRecord) -> tuple[str, str]:
    """The id of the one that should stay if the two become one, and what speaks for it."""
    winner, other, ground = favour(a, b)
    return winner.id, f"{ground}: {winner.chats} against {other.chats}" if ground == MORE_CHATS else ground


def favour(a: GoldenRecord, b: GoldenRecord) -> tuple[GoldenRecord, GoldenRecord, str]:
    """The one that should stay, the other one, and the word above that says why."""
    if a.verified != b.verified:
        return (a, b, VERIFIED_DATA) if a.verified else (b, a, VERIFIED_DATA)
    more, fewer = sorted((a, b), key=lambda one: (-one.chats, one.created_at, one.id))
    if more.chats != fewer.chats:
        return more, fewer, MORE_CHATS
    return more, fewer, OLDER if more.created_at != fewer.created_at else LOWER_ID


def fields(golden: GoldenRecord) -> dict[str, Values]:
    """What may tell two people apart, by field. Visitor numbers do not: everybody has several."""
    found = {
        "name": (golden.name,) if golden.name else (),
        "emails": golden.emails,
        "phones": golden.phones,
        "tokens": golden.tokens,
        "description": (golden.description,) if golden.description else (),
        "social": golden.social,
        "tags": golden.tags,
    }
    return found | {name: (value,) for name, value in golden.attributes.items() if name not in found}


def _differing(a: GoldenRecord, b: GoldenRecord) -> Iterator[Differing]:
    ours, theirs = fields(a), fields(b)
    for field in dict.fromkeys([*ours, *theirs]):
        mine, other = ours.get(field, ()), theirs.get(field, ())
        if mine and other and set(mine) != set(other):
            yield Differing(field=field, a=mine, b=other)


def _why(rival: Rival) -> str:
    return f"The two share {_NOUNS[rival.key.kind]}; {rival.why}."
