"""Decision: what a person decided about customers. Each is one entry of the journal, with who and when.

Ids are those of records as they stood when it was decided. `anchors` give for each of them a journal entry that belongs
to it, so that the person meant is found again where another policy tells the customers apart in another way.
"""

from __future__ import annotations

from collections.abc import Iterator

from jivod.model.claim import subject
from jivod.model.contact import Key
from jivod.model.value import frozen


@frozen(kw_only=True)
class Decision:
    """`by` is the name of whoever decided; `anchors` maps record ids to journal numbers."""

    by: str
    anchors: dict[str, int] = {}


@frozen(kw_only=True)
class Create(Decision):
    """There is a new `customer`, of whom this is `said`: (attribute, value). The id was made then, for ever."""

    customer: str
    said: tuple[tuple[str, str], ...] = ()


@frozen(kw_only=True)
class Edit(Decision):
    """The attribute of `customer` has this value: added where there may be several, else in place of the others.

    `settles`: it was one of several contested values.
    """

    customer: str
    attribute: str
    value: str
    settles: bool = False


@frozen(kw_only=True)
class Clear(Decision):
    """`value` of the attribute is wrong; with "" all its values are. A cleared contact is no key of this customer."""

    customer: str
    attribute: str
    value: str = ""


@frozen(kw_only=True)
class Confirm(Decision):
    """The contact is the customer's own: it counts as verified."""

    customer: str
    key: Key


@frozen(kw_only=True)
class Primary(Decision):
    """Of several e-mails or phones this one stands first."""

    customer: str
    key: Key


@frozen(kw_only=True)
class Retract(Decision):
    """What journal entry `of` says of `customer` is void: by it nobody says that `attribute` is `value`.

    They are those of the claim that it made: `primary:email` where an e-mail was put first.
    """

    customer: str
    of: int
    attribute: str
    value: str

    @property
    def subject(self) -> str:
        """The attribute that it is about."""
        return subject(self.attribute)


@frozen(kw_only=True)
class Merge(Decision):
    """`loser` is part of `winner`."""

    loser: str
    winner: str


@frozen(kw_only=True)
class Unmerge(Decision):
    """Each of `customers` stands for itself again, and will not be merged into the same one by any rule.

    `tree`: what had been merged into them before stands for itself too. `parted`: each record that is taken away, with
    the one that it was part of.
    """

    customers: tuple[str, ...]
    tree: bool = False
    parted: tuple[tuple[str, str], ...] = ()


@frozen(kw_only=True)
class Detach(Decision):
    """The conversations of these journal entries were added to the wrong `customer`: they become one of their own."""

    customer: str
    seqs: tuple[int, ...]


@frozen(kw_only=True)
class Erase(Decision):
    """The person whose records `customers` were is forgotten: of `entries` journal entries no content is left.

    The proof that it was done. `reason` is why, in words that name nobody. `marks` are keyed digests of the contacts,
    by which an import knows whom it may not bring back.
    """

    customers: tuple[str, ...]
    reason: str
    entries: int
    marks: tuple[str, ...] = ()


@frozen(kw_only=True)
class Retain(Decision):
    """Conversations are kept for `months` only: of the journal entries in `spans` (first and last) the content is gone.

    `by` is who confirmed that rule. Whoever keeps a copy of what entries say, as for a search, forgets it by this.
    """

    months: int
    spans: tuple[tuple[int, int], ...]

    @property
    def seqs(self) -> Iterator[int]:
        """Every entry."""
        for first, last in self.spans:
            yield from range(first, last + 1)


@frozen(kw_only=True)
class Different(Decision):
    """The two are different people for ever; not `different`: they may be merged again."""

    a: str
    b: str
    different: bool = True


@frozen(kw_only=True)
class Delay(Decision):
    """Whether the two are one is to be asked again at `until` (UNIX ms); 0: now."""

    a: str
    b: str
    until: int


@frozen(kw_only=True)
class Note(Decision):
    """Somebody wants others to know this of `customer`. It decides nothing."""

    customer: str
    text: str


@frozen(kw_only=True)
class Strike(Decision):
    """The note that journal entry `note` is, of `customer`, is taken away; not `struck`: it stands again."""

    customer: str
    note: int
    struck: bool = True


@frozen(kw_only=True)
class Shared(Decision):
    """The contact is used by several people and decides nothing; not `shared`: it decides, however many have it."""

    key: Key
    shared: bool = True
