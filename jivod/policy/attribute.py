"""Attribute: what a claim may speak of, and whether its values stand beside one another or one of them wins."""

from __future__ import annotations

from jivod.model.claim import ASSIGNED_AGENT, DESCRIPTION, NAME, ORGANIZATION, REFUSED_PREFIX, SOCIAL, STATUS, TAG
from jivod.model.contact import KINDS

UNION = frozenset({*KINDS, TAG, SOCIAL})
"""Attributes of which a customer may have several; `refused:*` too."""

NAMED = (*KINDS, NAME, DESCRIPTION, ORGANIZATION, STATUS, ASSIGNED_AGENT, TAG, SOCIAL)
"""Every attribute that has a name of its own; those of the Jivo account are `attr:<name>`."""


def is_union(attribute: str) -> bool:
    """True where values stand beside one another, False where one wins."""
    return attribute in UNION or attribute.startswith(REFUSED_PREFIX)
