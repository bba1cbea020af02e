"""Backlog: the reviews that wait for a person now: those that are open and not put off; by key; and all of a key at
once. Every question here costs a bounded number of look-ups, however many reviews there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from jivod.flow import aside, doubts, steward
from jivod.flow.doubts import Doubt
from jivod.flow.people import People
from jivod.flow.steward import Hand
from jivod.model.contact import Key
from jivod.model.reason import OPEN, Review
from jivod.model.value import frozen
from jivod.policy.rules import Rules
from jivod.store import delays, reviews
from jivod.store.kv import Txn

LOOKED_AT = 1000  # reviews that one question reads
COUNTED = 100  # for the number in the menu
AT_ONCE = 30  # decisions of one click: a webhook waits as long as they take


@frozen(kw_only=True)
class Count:
    """`more`: there are more than were looked at."""

    number: int
    more: bool


@frozen(kw_only=True)
class Group:
    """The reviews of one shared key among those that were looked at."""

    key: Key
    number: int


def page(
    txn: Txn, people: People, rules: Rules, now: int, limit: int, before: Review | None = None, key: Key | None = None
) -> tuple[list[Doubt], Review | None]:
    """The next `limit` pairs to look at, newest first, of one `key` or all; and the review at which the page after this
    goes on, None behind the last.
    """
    found: list[Doubt] = []
    last, looked = before, 0
    for review in _open(txn, before):
        if len(found) == limit or looked == LOOKED_AT:
            return found, last
        last, looked = review, looked + 1
        if key in (None, review.key) and (pair := _waiting(txn, people, review, now)):
            found.append(doubts.doubt(review, people.golden(pair[0], rules), people.golden(pair[1], rules)))
    return found, None


def count(txn: Txn, now: int, most: int = COUNTED) -> Count:
    """How many there are, up to `most`."""
    people, number = People(txn), 0
    for looked, review in enumerate(_open(txn)):
        if number == most or looked == LOOKED_AT:
            return Count(number=number, more=True)
        number += _waiting(txn, people, review, now) is not None
    return Count(number=number, more=False)


def rough(txn: Txn, now: int, most: int = COUNTED) -> int:
    """About how many, for a number that every page shows: one that has come to nothing meanwhile may be among them."""
    asked = reviews.listed(txn, OPEN, 3 * most)
    waiting = (review for review in asked if delays.until(txn, review.a, review.b) <= now)
    return sum(1 for _ in islice(waiting, most))


def groups(txn: Txn, now: int) -> list[Group]:
    """The keys that more than one pair shares, most pairs first."""
    people, numbers = People(txn), Counter[Key]()
    for review in islice(_open(txn), LOOKED_AT):
        if review.key is not None and _waiting(txn, people, review, now):
            numbers[review.key] += 1
    return [Group(key=key, number=number) for key, number in numbers.most_common() if number > 1]


def next_of(txn: Txn, people: People, rules: Rules, now: int, review: Review) -> Doubt | None:
    """The pair to look at after this one; behind the last the first again; None if there is no other."""
    for before in (review, None):
        found, _ = page(txn, people, rules, now, 1, before)
        if found and (found[0].review.a, found[0].review.b) != (review.a, review.b):
            return found[0]
    return None


def find(txn: Txn, a: str, b: str) -> tuple[Review, tuple[str, str]] | None:
    """The open review of this pair, and the living customers whom it is about now; None where nobody is asked."""
    review = reviews.get(txn, a, b)
    if review is None or review.state != OPEN:
        return None
    pair = doubts.standing(txn, People(txn), review)
    return None if pair is None else (review, pair)


def tell_all_apart(txn: Txn, hand: Hand, key: Key) -> int:
    """The pairs that share this key are different people; how many that were, AT_ONCE at most."""
    found = _of_key(txn, hand, key)
    for a, b in found:
        steward.tell_apart(txn, hand, a, b)
    return len(found)


def put_all_off(txn: Txn, hand: Hand, key: Key, until: int) -> int:
    """Ask about the pairs that share this key again at `until` (UNIX ms); how many that were, AT_ONCE at most."""
    found = _of_key(txn, hand, key)
    for a, b in found:
        aside.put_off(txn, hand, a, b, until)
    return len(found)


def _of_key(txn: Txn, hand: Hand, key: Key) -> list[tuple[str, str]]:
    """Each pair once: two reviews may have come to be about the same two."""
    found, _ = page(txn, People(txn), hand.rules, hand.at, AT_ONCE, key=key)
    return list(dict.fromkeys([(one.a.id, one.b.id) for one in found]))


def _open(txn: Txn, before: Review | None = None) -> Iterator[Review]:
    while found := reviews.listed(txn, OPEN, doubts.PAGE, before):
        yield from found
        before = found[-1]


def _waiting(txn: Txn, people: People, review: Review, now: int) -> tuple[str, str] | None:
    """The living customers whom it is about, unless it has come to nothing or is put off."""
    return None if delays.until(txn, review.a, review.b) > now else doubts.standing(txn, people, review)
