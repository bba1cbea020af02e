"""Attribute: what a policy may speak of by name. Which of them may have several values, the model says."""

from __future__ import annotations

from jivod.model.claim import ASSIGNED_AGENT, DESCRIPTION, NAME, ORGANIZATION, SOCIAL, STATUS, TAG, UNION, is_union
from jivod.model.contact import KINDS

__all__ = ["NAMED", "UNION", "is_union"]

NAMED = (*KINDS, NAME, DESCRIPTION, ORGANIZATION, STATUS, ASSIGNED_AGENT, TAG, SOCIAL)
"""Every attribute that has a name of its own; those of the Jivo account are `attr:<name>`."""
