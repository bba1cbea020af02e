"""Retention: which rule was confirmed, how far the journal was looked through for what is too old, and when last."""

from __future__ import annotations

from jivod.model.retention import Consent, Rule
from jivod.store import meta
from jivod.store.kv import Txn

# In table meta.
_CONSENT = "retention"  # [months, days, by, at]
_LOOKED = "retention_looked"  # a journal number
_RAN = "retention_ran"  # UNIX ms


def consent(txn: Txn) -> Consent | None:
    """The rule that was confirmed last."""
    row = meta.value(txn, _CONSENT)
    if row is None:
        return None
    months, days, by, at = row
    return Consent(rule=Rule(chats_months=months, quarantine_days=days), by=by, at=at)


def set_consent(txn: Txn, given: Consent) -> None:
    """Note that a rule was confirmed."""
    meta.set_value(txn, _CONSENT, [given.rule.chats_months, given.rule.quarantine_days, given.by, given.at])


def looked(txn: Txn) -> int:
    """The journal number up to which no conversation ends that was too old."""
    return meta.value(txn, _LOOKED) or 0


def set_looked(txn: Txn, seq: int) -> None:
    """Note that it goes up to entry `seq`; 0: look through the journal from its beginning, for it was changed."""
    if seq != looked(txn):
        meta.set_value(txn, _LOOKED, seq)


def ran(txn: Txn) -> int:
    """When it was last done to the end, UNIX ms; 0: never."""
    return meta.value(txn, _RAN) or 0


def set_ran(txn: Txn, at: int) -> None:
    """Note that it was done to the end."""
    meta.set_value(txn, _RAN, at)
