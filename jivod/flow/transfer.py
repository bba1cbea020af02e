"""Transfer: rows of the company's own data come in, each that changes something as one journal entry.

What a row says is compared with what the imports said last about the same record. So the same file twice changes
nothing, and a value that was changed and is changed back comes back. All rows of one import have one time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from jivod.flow import feed, regime
from jivod.flow.attribution import LOOKED_AT, Attribution, attribute, evidence_of
from jivod.flow.case import open_case
from jivod.flow.people import People
from jivod.flow.record import record
from jivod.flow.typed import demand_name
from jivod.model.card import Pair
from jivod.model.claim import IMPORT as SAID_BY_IMPORT
from jivod.model.claim import REFUSED_PREFIX, Claim, is_union
from jivod.model.customer import Customer
from jivod.model.entry import IMPORT, Entry, Origin
from jivod.model.event import ImportedRow
from jivod.model.value import frozen
from jivod.policy.evidence import Evidence
from jivod.policy.imported import going_by
from jivod.policy.rules import Rules
from jivod.store import customers, erased, journal
from jivod.store.kv import Txn
from jivod.wire import row as wire

CREATED, ENRICHED, UNCHANGED, REFUSED = "created", "enriched", "unchanged", "refused"
OUTCOMES = (CREATED, ENRICHED, UNCHANGED, REFUSED)

BATCH = 500  # rows to a transaction, at most: a webhook waits as long as that takes

_NO_KEY = "there is no e-mail, phone or id in it"


@frozen(kw_only=True)
class Taken:
    """What became of a row: one of OUTCOMES. `customer` is the record that has it, `seq` its journal entry.

    `why`: of a refused one the reason; `is_for_good`: no mending of it helps. `doubts`: what about it a person should
    look at, `unusable`: how many contacts in it decide nothing.
    """

    outcome: str
    customer: str | None = None
    seq: int | None = None
    why: str = ""
    is_for_good: bool = False
    doubts: tuple[str, ...] = ()
    unusable: int = 0


def take_in(
    txn: Txn, rows: Sequence[ImportedRow], *, at: int, region: str | None, is_due: Callable[[], bool]
) -> list[Taken]:
    """What became of the first of `rows`: of one at least, and of all of them where it is not `is_due` before to let
    others write. `at`: UNIX ms of the import as a whole; `region`: the country of phones without a code.
    """
    rules, origin = regime.in_force(txn), Origin(channel="", account="", region=region)
    done: list[Taken] = []
    for row in rows[:BATCH]:
        done.append(_take(txn, row, at, origin, rules))
        if is_due():
            break
    return done


def _take(txn: Txn, row: ImportedRow, at: int, origin: Origin, rules: Rules) -> Taken:
    demand_name(row.by, "an import needs the name of whoever does it")
    body = wire.write(row)
    reading = wire.reading_of(row, body)
    entry = Entry(seq=journal.last(txn) + 1, received_at=at, origin=origin, body=body, kind=IMPORT)
    people, case = People(txn), open_case(entry, row)
    evidence = evidence_of(txn, case, rules)
    unusable = len(evidence.dropped)
    if (decision := _erased_by(txn, evidence)) is not None:
        why = f"this person was erased by decision #{decision}"
        return Taken(outcome=REFUSED, why=why, is_for_good=True, unusable=unusable)
    known = _known(txn, people, going_by(evidence, row.finding))
    if known is not None:
        return Taken(outcome=UNCHANGED, customer=known, unusable=unusable)
    found = attribute(txn, people, case, reading.digest, rules)
    if found.home is None:
        return Taken(outcome=REFUSED, why=_why_nobody(found.evidence), unusable=unusable)
    journal.keep(txn, entry)
    ear = feed.listen_to_event(txn, people, found, rules)
    reason = record(txn, people, case, found, rules)
    if ear is not None:
        ear.event(case, found, reason)
    assert reason.customer is not None
    return Taken(
        outcome=CREATED if found.is_new else ENRICHED,
        customer=reason.customer,
        seq=entry.seq,
        doubts=tuple(_doubts(people, found, rules)),
        unusable=unusable,
    )


def _erased_by(txn: Txn, evidence: Evidence) -> int | None:
    """The decision that erased whoever had one of these contacts."""
    return next((seq for key in evidence.keys if (seq := erased.by(txn, erased.mark(txn, key))) is not None), None)


def _known(txn: Txn, people: People, evidence: Evidence) -> str | None:
    """The record about which the imports have said all of this already, and nothing else since. It need not be the one
    that the row would go to now: what was said once is not said again of somebody else.
    """
    looked_at: set[str] = set()
    for key in evidence.keys:
        for id in customers.having(txn, key, LOOKED_AT):
            if id not in looked_at and _says(people.record(id), evidence):
                return id
            looked_at.add(id)
    return None


def _says(known: Customer, evidence: Evidence) -> bool:
    said: dict[Pair, int] = {}
    latest: dict[str, int] = {}
    for claim in known.claims:
        if claim.source == SAID_BY_IMPORT:
            attribute = claim.attribute.removeprefix(REFUSED_PREFIX)
            said[attribute, claim.value] = claim.last_at
            latest[attribute] = max(claim.last_at, latest.get(attribute, 0))
    return all(_stands(claim, said, latest) for claim in evidence.claims)


def _stands(claim: Claim, said: dict[Pair, int], latest: dict[str, int]) -> bool:
    attribute = claim.attribute.removeprefix(REFUSED_PREFIX)
    at = said.get((attribute, claim.value))
    return at is not None and (is_union(attribute) or at == latest[attribute])


def _why_nobody(evidence: Evidence) -> str:
    """Why a row is about nobody."""
    return "; ".join(dict.fromkeys([f"{key.kind}: {why}" for key, why in evidence.dropped])) or _NO_KEY


def _doubts(people: People, found: Attribution, rules: Rules) -> Iterator[str]:
    for rival in found.verdict.rivals:
        yield f"the {rival.key.kind} is also that of {rival.customer}: {rival.why}"
    if found.is_new:
        return
    assert found.home is not None
    said = {claim.attribute for claim in found.evidence.claims}
    golden = people.golden(people.root(found.home.id), rules)
    yield from [f"the {name} is contested" for name in sorted({c.attribute for c in golden.contested} & said)]
