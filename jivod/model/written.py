"""Written: what an operator wrote to be filled in later, with the place to name when it cannot be."""

from __future__ import annotations

from jivod.model.value import frozen

ALWAYS = "always"
VERIFIED = "verified"  # the event is proven to be the customer's own
CONTESTED = "contested"  # sources of equal rank disagree about the customer
NEW = "new"  # nobody knew this customer before

WHEN = (ALWAYS, VERIFIED, CONTESTED, NEW)


@frozen
class Written:
    """A text with its place, FILE:LINE."""

    text: str
    where: str


@frozen(kw_only=True)
class RowDraft:
    """One [[answer.row]]: the templates of its parts, and when it may be shown."""

    content: Written
    title: Written | None = None
    link: Written | None = None
    key: Written | None = None
    when: str = ALWAYS
