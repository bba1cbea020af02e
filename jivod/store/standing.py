"""Standing: which store this is and how far it has come, in a few digests that give nothing away: by them a backup
knows its store again.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from attrs import asdict, frozen

from jivod.store import journal, keys, meta, quarantine
from jivod.store.kv import Txn
from jivod.store.tables import ERASED, JOURNAL, KEPT, POLICIES, QUARANTINE

_NUMBERED = (JOURNAL, QUARANTINE)  # what comes there has a higher number than all before


@frozen(kw_only=True)
class Standing:
    """`store`: of its id key; `last`: the last journal number, `last_at`: its receipt (UNIX ms), `head`: of its record
    as it came; `policies`: of those that decided up to there; `erased`: of whom nothing is left; `kept`: of what
    changes without an entry; `quarantined`: the last number given out in quarantine.
    """

    store: str
    schema: int
    last: int
    last_at: int
    head: str
    policies: str
    erased: str
    kept: str
    quarantined: int


def standing(txn: Txn) -> Standing:
    """Of this moment."""
    last = journal.last(txn)
    entry = journal.get(txn, last)
    return Standing(
        store=sha256(b"jivod store " + meta.id_key(txn)).hexdigest()[:32],
        schema=meta.schema(txn) or 0,
        last=last,
        last_at=entry.received_at if entry else 0,
        head=journal.head(txn, last),
        policies=decided(txn, last),
        erased=_digest(txn.range(ERASED)),
        kept=_digest(row for table in KEPT if table not in _NUMBERED for row in txn.range(table)),
        quarantined=quarantine.given(txn),
    )


def agrees(found: Standing, said: Any) -> bool:
    """Whether `said`, which has the same fields and others, says the same."""
    return all(getattr(said, name) == value for name, value in asdict(found).items())


def decided(txn: Txn, seq: int) -> str:
    """The digest of the policies that decided the entries up to `seq`."""
    return _digest(txn.range(POLICIES, hi=keys.up(seq + 1)))


def _digest(rows: Iterable[tuple[bytes, bytes]]) -> str:
    digest = sha256()
    for key, value in rows:
        digest.update(b"%d %d " % (len(key), len(value)) + key + value)
    return digest.hexdigest()[:32]
