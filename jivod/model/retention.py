"""Retention: how long what people said is kept, and who confirmed that."""

from __future__ import annotations

from jivod.model.value import frozen


@frozen(kw_only=True)
class Rule:
    """How long conversations, and bodies in quarantine, keep their content. None: for ever."""

    chats_months: int | None = None
    quarantine_days: int | None = None


@frozen(kw_only=True)
class Consent:
    """A rule that a person confirmed, `at` UNIX ms. Nothing goes by any that is stricter."""

    rule: Rule
    by: str
    at: int
