"""Reviews: pairs of customers that somebody should look at; one per pair, for ever."""

from __future__ import annotations

from typing import Any

from jivod.model.errors import Damaged
from jivod.model.reason import Review
from jivod.store import codec, index, keys
from jivod.store.kv import Txn
from jivod.store.tables import REVIEWS, REVIEWS_BY_CUSTOMER, REVIEWS_BY_STATE

INDEXES = {REVIEWS_BY_CUSTOMER: "t", REVIEWS_BY_STATE: "ti"}


def get(txn: Txn, a: str, b: str) -> Review | None:
    """The review of a pair, in either order."""
    record = txn.get(REVIEWS, keys.pack(min(a, b), max(a, b)))
    return None if record is None else decode(record)


def open_review(txn: Txn, review: Review) -> bool:
    """Keep a new review; False, and nothing changed, if the pair has one already, open or closed."""
    if get(txn, review.a, review.b) is not None:
        return False
    put(txn, None, review)
    return True


def put(txn: Txn, old: Review | None, new: Review) -> None:
    """Keep `new` where `old` (as `get` gave it, or None for a new one) is now. Raises ValueError unless a < b."""
    if not new.a < new.b:
        raise ValueError("a review needs a < b")
    txn.put(REVIEWS, keys.pack(new.a, new.b), encode(new))
    index.update(txn, frozenset() if old is None else entries(old), entries(new))


def of(txn: Txn, customer_id: str) -> list[Review]:
    """Every review that names this customer record, by pair."""
    return [_review_at(txn, tail) for tail in index.tails(txn, REVIEWS_BY_CUSTOMER, keys.text(customer_id))]


def listed(txn: Txn, state: str, limit: int, before: Review | None = None) -> list[Review]:
    """The reviews of one state, newest `at` first, then by pair. `before`: the last one of the page before."""
    start = b"" if before is None else keys.down(before.at) + keys.pack(before.a, before.b) + b"\0"
    tails = index.tails(txn, REVIEWS_BY_STATE, keys.text(state), start=start, limit=limit)
    return [_review_at(txn, tail[8:]) for tail in tails]


def entries(review: Review) -> index.Entries:
    """Every index entry of a record."""
    pair = keys.pack(review.a, review.b)
    return {
        (REVIEWS_BY_CUSTOMER, keys.text(review.a) + pair),
        (REVIEWS_BY_CUSTOMER, keys.text(review.b) + pair),
        (REVIEWS_BY_STATE, keys.text(review.state) + keys.down(review.at) + pair),
    }


def encode(review: Review) -> bytes:
    """The record of a review."""
    r = review
    return codec.encode([r.a, r.b, r.why, codec.key_row(r.key), r.seq, r.at, r.state])


def decode(record: bytes) -> Review:
    """The review in a record. Raises Damaged."""
    return codec.decode(REVIEWS, record, _review)


def _review(row: list[Any]) -> Review:
    a, b, why, key, seq, at, state = row
    return Review(a=a, b=b, why=why, key=codec.key(key), seq=seq, at=at, state=state)


def _review_at(txn: Txn, key: bytes) -> Review:
    record = txn.get(REVIEWS, key)
    if record is None:
        raise Damaged("an index of reviews names a review that is not there")
    return decode(record)
