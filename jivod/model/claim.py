"""Claim: somebody said this, then and there. Claims are added and joined, never overwritten."""

from __future__ import annotations

from jivod.model.contact import KINDS
from jivod.model.value import frozen

OPERATOR = "operator"  # decided by a person on the page or by the API
IMPORT = "import"  # the CRM's own data
VERIFIED = "verified"  # came with a signed token
REVISED = "revised"  # chat_updated, client_updated: corrected during the chat
VISITOR_TYPED = "visitor"  # typed by the visitor
PROFILE = "profile"  # a messenger's profile

SOURCES = (OPERATOR, IMPORT, VERIFIED, REVISED, VISITOR_TYPED, PROFILE)
"""Every source, most trusted first, as the default policy ranks them."""

NAME = "name"
DESCRIPTION = "description"
ORGANIZATION = "organization"
STATUS = "status"
ASSIGNED_AGENT = "assigned_agent"
TAG = "tag"
SOCIAL = "social"  # value: a profile URL
ATTRIBUTE_PREFIX = "attr:"  # attr:<name as set in the Jivo account>
PRIMARY_PREFIX = "primary:"  # primary:<kind>: which of several contacts stands first
CLEARED_PREFIX = "cleared:"  # cleared:<attribute>: a value that a person took away, "" for all
REFUSED_PREFIX = "refused:"  # refused:<kind of key>: a contact that may not decide anything

UNION = frozenset({*KINDS, TAG, SOCIAL})
"""Attributes of which a customer may have several; `refused:*` too."""


def is_union(attribute: str) -> bool:
    """True where values stand beside one another, False where one wins."""
    return attribute in UNION or attribute.startswith(REFUSED_PREFIX)


def is_cleared(attribute: str) -> bool:
    """True for what takes a value away."""
    return attribute.startswith(CLEARED_PREFIX)


def subject(attribute: str) -> str:
    """What the attribute is about: of `primary:email` and of `cleared:email` it is `email`."""
    return attribute.removeprefix(PRIMARY_PREFIX).removeprefix(CLEARED_PREFIX)


@frozen
class Claim:
    """`attribute` = `value`, said by `source`. Times are UNIX milliseconds; `seq` is the first journal entry to say it.

    `attribute` is a kind of key (`model.contact.KINDS`), one of the names above, or one of the prefixes above plus a
    name.
    `raw` is the value as typed where normalising changed it, else "". One claim exists per (attribute, value, source).
    """

    attribute: str
    value: str
    source: str
    raw: str
    first_at: int
    last_at: int
    seq: int

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two claims the same claim."""
        return (self.attribute, self.value, self.source)
