"""Reason: why an event belongs to a customer; and the review that a doubt opens."""

from __future__ import annotations

from jivod.model.contact import Key
from jivod.model.value import frozen

OPEN = "open"
CLOSED = "closed"


@frozen(kw_only=True)
class Rival:
    """A customer that a key found and that was not chosen: `why` names the rule in words."""

    customer: str
    key: Key
    why: str


@frozen(kw_only=True)
class Reason:
    """The link between journal entry `seq` and a customer record (None: no usable key, kept as unattributed history).

    `rule` is a word of `policy.identity`; `key` the deciding key; `rivals` the customers vetoed or passed over;
    `dropped` the keys that may not decide, with the reason in words; `merged` the records that yielded; `proven`: the
    event is this customer's beyond doubt, by a signed token or a browser that a person vouched for.
    """

    seq: int
    customer: str | None
    rule: str
    key: Key | None = None
    rivals: tuple[Rival, ...] = ()
    dropped: tuple[tuple[Key, str], ...] = ()
    merged: tuple[str, ...] = ()
    proven: bool = False


@frozen(kw_only=True)
class Review:
    """A pair of customers that somebody should look at. `a` < `b`; one review per pair; `why` is a sentence."""

    a: str
    b: str
    why: str
    key: Key | None
    seq: int
    at: int
    state: str = OPEN
