"""Reviews: customers who may be one: the queue, a pair side by side, the answer; and all of one key at once."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from jivod.flow import aside, backlog, steward
from jivod.flow.comparison import compare
from jivod.flow.people import People
from jivod.flow.steward import Hand
from jivod.model.access import Role
from jivod.model.audit import FOUND, READ, REVIEWED
from jivod.model.contact import KINDS, Key
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.model.reason import Review
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import page as cursors
from jivod.web.pages.form import choice, text
from jivod.web.pages.page import Ask, Moved, Page, Shown, Unfit
from jivod.web.pages.pair import NOT_ONE
from jivod.web.pages.record import ids_of
from jivod.web.pages.refusals import attempt
from jivod.web.pages.terms import TERMS
from jivod.web.pages.words import _

MANY = 25  # pairs of one page
GROUPS = 10  # keys that are offered at once
DAY = 86_400_000  # ms
DAYS = ("1", "7", "30", "90")  # for so many a review is put off

DIFFERENT, LATER, SHARED = "different", "later", "shared"

_OVER = _("Nobody is asked about these two any more: somebody was quicker.")
_NO_KEY = _("This key can be read no more: begin at the queue.")


@frozen(kw_only=True)
class Queue:
    """Where the page begins, and whether only pairs of one key are shown."""

    cursor: str | None = text(cursors.LONGEST, default=None)
    kind: str | None = choice("", *KINDS, default=None)
    value: str | None = text(8192, default=None)

    @property
    def key(self) -> Key | None:
        """The key, if one was chosen."""
        return Key(self.kind, self.value) if self.kind and self.value else None


@frozen(kw_only=True)
class Answer:
    """What the person says: who of the two the other one becomes part of, or that they are two, or not now."""

    winner: str | None = text(default=None)
    answer: str | None = choice("", DIFFERENT, LATER, default=None)
    days: str = choice(*DAYS, default="7")


@frozen(kw_only=True)
class OfKey:
    """The same of all pairs that share a key. SHARED: the key decides nothing any more, and they are different."""

    kind: str = choice(*KINDS)
    value: str = text(8192)
    answer: str = choice(DIFFERENT, LATER, SHARED)
    days: str = choice(*DAYS, default="7")


def queue(txn: Txn, ask: Ask) -> Shown:
    """What waits for a person, newest first."""
    asked = ask.query if isinstance(ask.query, Queue) else Queue()
    place = cursors.read(asked.cursor, "reviews", int, str, str)
    before = None if place is None else Review(a=place[1], b=place[2], why="", key=None, seq=0, at=place[0])
    found, last = backlog.page(txn, People(txn), ask.desk.rules, ask.at, MANY, before, asked.key)
    values = {
        "doubts": found,
        "pairs": [pair_of(one.review) for one in found],
        "cursor": None if last is None else cursors.write("reviews", last.at, last.a, last.b),
        "begun": asked.cursor is not None,
        "key": asked.key,
        "groups": backlog.groups(txn, ask.at)[:GROUPS],
        "count": backlog.count(txn, ask.at),
        "terms": TERMS,
        "days": DAYS,
        "at_once": backlog.AT_ONCE,
    }
    return Shown("reviews.html", values, customers=ids_of([side for one in found for side in (one.a, one.b)]))


def one(txn: Txn, ask: Ask) -> Shown | Moved:
    """One pair side by side; if it was answered meanwhile, the queue."""
    found = _find(txn, ask)
    if found is None:
        return Moved(urls.DOUBTS)
    review, (a, b) = found
    people = People(txn)
    following = backlog.next_of(txn, people, ask.desk.rules, ask.at, review)
    pair = compare(txn, people, a, b, ask.desk.rules)
    values = {
        "review": review,
        "address": place(pair_of(review)),
        "pair": pair,
        "next": None if following is None else place(pair_of(following.review)),
        "terms": TERMS,
        "days": DAYS,
    }
    return Shown("review.html", values, customers=ids_of([pair.a, pair.b]))


def answer(txn: Txn, ask: Ask) -> Moved:
    """The answer, and on to the next pair."""
    found = _find(txn, ask)
    if found is None:
        raise Unfit(**{"": _OVER})
    review, (a, b) = found
    people = People(txn)
    following = backlog.next_of(txn, people, ask.desk.rules, ask.at, review)
    said = ask.form.answer
    attempt("", _OVER if said == LATER else NOT_ONE, _deed(txn, ask, a, b))
    done = {DIFFERENT: "different", LATER: "later"}.get(said, "merged")
    onward = urls.DOUBTS if following is None else place(pair_of(following.review))
    return Moved(onward, done=done, customers=(a, b))


def of_key(txn: Txn, ask: Ask) -> Moved:
    """All pairs of a key are answered, as many as one decision may hold up a webhook for."""
    form, hand = ask.form, ask.hand
    key = _key(form, hand)
    if form.answer == SHARED:
        attempt("", _NO_KEY, lambda: steward.share(txn, hand, key, shared=True))
    if form.answer == LATER:
        backlog.put_all_off(txn, hand, key, ask.at + int(form.days) * DAY)
    else:
        backlog.tell_all_apart(txn, hand, key)
    return Moved(urls.DOUBTS, done="answered")


def _key(form: OfKey, hand: Hand) -> Key:
    try:
        return Key(form.kind, hand.reader.value(form.kind, form.value))
    except Refused:
        raise Unfit(**{"": _NO_KEY}) from None


def pair_of(review: Review) -> str:
    """The name of a review in an address."""
    return f"{review.a}.{review.b}"


def place(pair: str) -> str:
    """The address of a review."""
    return urls.DOUBT.replace("<pair>", pair)


def _find(txn: Txn, ask: Ask) -> tuple[Review, tuple[str, str]] | None:
    a, _dot, b = ask.path["pair"].partition(".")
    return backlog.find(txn, a, b)


def _deed(txn: Txn, ask: Ask, a: str, b: str) -> Callable[[], Entry]:
    hand, form = ask.hand, ask.form
    if form.answer == DIFFERENT:
        return lambda: steward.tell_apart(txn, hand, a, b)
    if form.answer == LATER:
        return lambda: aside.put_off(txn, hand, a, b, ask.at + int(form.days) * DAY)
    if form.winner not in (a, b):
        raise Unfit(**{"": _OVER})
    winner, loser = (a, b) if form.winner == a else (b, a)
    return lambda: steward.merge(txn, hand, loser, winner)


PAGES = (
    Page(path=urls.DOUBTS, role=Role.STEWARD, work=queue, query=Queue, menu="reviews", action=FOUND),
    Page(
        path=urls.DOUBTS_OF_KEY, method="POST", role=Role.STEWARD, work=of_key, form=OfKey, again=queue, writes=True,
        menu="reviews", action=REVIEWED,
    ),
    Page(path=urls.DOUBT, role=Role.STEWARD, work=one, menu="reviews", action=READ),
    Page(
        path=urls.DOUBT, method="POST", role=Role.STEWARD, work=answer, form=Answer, again=queue, writes=True,
        menu="reviews", action=REVIEWED,
    ),
)  # fmt: skip
