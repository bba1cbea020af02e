"""Doubts: pairs of customers who may be one. Each is a review that is asked once; who a person decided on is settled.

A merge moves no review: whom it is about now is found when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from jivod.flow.people import People
from jivod.model.contact import EMAIL, PHONE, TOKEN, VERIFIED_TOKEN, VISITOR
from jivod.model.reason import CLOSED, OPEN, Review, Rival
from jivod.store import reviews
from jivod.store.kv import Txn

_NOUNS = {
    VERIFIED_TOKEN: "a signed token",
    TOKEN: "a token",
    EMAIL: "an e-mail",
    PHONE: "a phone",
    VISITOR: "a browser",
}


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


def _why(rival: Rival) -> str:
    return f"The two share {_NOUNS[rival.key.kind]}; {rival.why}."
