"""Ingest: a body that reached a channel becomes a journal line, its projections and an answer, in one transaction."""

from __future__ import annotations

from jivod.flow import feed
from jivod.flow.attribution import attribute, evidence_of
from jivod.flow.case import Desk, open_case
from jivod.flow.foresight import Foresight
from jivod.flow.people import People
from jivod.flow.reading import read
from jivod.flow.record import record
from jivod.flow.respond import remember, respond, told
from jivod.flow.uphold import Upholding, make_up, uphold
from jivod.model.answer import OK, Answer
from jivod.model.entry import DECISION, ERASED, IMPORT, Entry, Origin
from jivod.model.errors import Damaged, Unreadable
from jivod.model.event import ChatUpdated, ClientAttributeUpdated, ClientUpdated, CrmEvent, Foreign
from jivod.model.reason import Reason
from jivod.model.value import frozen
from jivod.policy import identity, reply
from jivod.policy.reply import Panel
from jivod.policy.rules import Rules
from jivod.store import fingerprints, journal, quarantine, reasons
from jivod.store.kv import Txn
from jivod.wire import decision
from jivod.wire.jivo import Reading

REDELIVERED = 15 * 60 * 1000  # ms within which a body that comes again was delivered again, and says nothing new
CHANGES = (ChatUpdated, ClientUpdated, ClientAttributeUpdated)


@frozen(kw_only=True)
class Delivery:
    """A readable body as it came in. `received_at`: UNIX ms. `signature`: see `model.entry.Entry`."""

    origin: Origin
    received_at: int
    body: bytes
    reading: Reading
    signature: str = ""


@frozen(kw_only=True)
class Ingested:
    """What became of a delivery: its place in the journal, the record it belongs to (None: nobody's), and the answer or
    what it is made of. To make it is left to whoever asks: the writer has others to serve.
    """

    shown: Panel | Answer
    seq: int
    customer: str | None
    repeated: bool = False

    @property
    def answer(self) -> Answer:
        """The answer, without rows of the operator's own."""
        return self.shown if isinstance(self.shown, Answer) else reply.answer(self.shown)


def ingest(txn: Txn, delivery: Delivery, desk: Desk) -> Ingested:
    """Journal and fold a delivery; one that was delivered before is counted, changes nothing and gets the full answer
    again.
    """
    known = fingerprints.find(txn, delivery.origin.account, delivery.reading.digest)
    if known is not None and not _is_back(txn, known, delivery):
        fingerprints.count_repeat(txn, known, delivery.received_at)
        return _again(txn, known, delivery.reading, desk)
    entry = journal.append(
        txn, received_at=delivery.received_at, origin=delivery.origin, body=delivery.body, signature=delivery.signature
    )
    return fold(txn, entry, delivery.reading, desk)


def fold(txn: Txn, entry: Entry, reading: Reading, desk: Desk) -> Ingested:
    """Everything that follows from one journal entry. The store's projections are the fold of the whole journal."""
    if not _begin(txn, entry, reading):
        return Ingested(shown=OK, seq=entry.seq, customer=None)
    people = People(txn)
    case = open_case(entry, reading.event)
    attribution = attribute(txn, people, case, reading.digest, desk.rules)
    ear = feed.listen_to_event(txn, people, attribution, desk.rules)
    reason = record(txn, people, case, attribution, desk.rules)
    if ear is not None:
        ear.event(case, attribution, reason)
    shown = respond(txn, people, case, reason, attribution.evidence, desk)
    remember(txn, case, attribution, reply.contact_info(shown.golden) if isinstance(shown, Panel) else None)
    return Ingested(shown=shown, seq=entry.seq, customer=reason.customer)


def fold_again(txn: Txn, entry: Entry, rules: Rules, foresight: Foresight) -> None:
    """The same of an entry of a journal that is at hand as a whole: no answer is made, a decision is one too."""
    if entry.kind == DECISION:
        uphold(Upholding(txn, People(txn), entry, rules, foresight, entry.seq), decision.read(entry.body))
        return
    if entry.kind == ERASED:
        _keep_erased(txn, entry)
        return
    reading = read(entry)
    if entry.kind == IMPORT or _begin(txn, entry, reading):
        people = People(txn)
        case = open_case(entry, reading.event)
        attribution = foresight.attribute(txn, people, case, reading.digest, rules)
        reason = record(txn, people, case, attribution, rules)
        if attribution.waiting and entry.seq <= foresight.last:
            make_up(txn, rules, foresight, attribution.waiting, entry.seq)
            people = People(txn)
        if entry.kind != IMPORT:  # nobody is answered
            remember(txn, case, attribution, told(people, case, reason, rules))


def _is_back(txn: Txn, known: int, delivery: Delivery) -> bool:
    """Whether somebody changed a card back to what entry `known` said. Jivo sends the same body then as once before,
    without a time; but what it delivers again comes within minutes.
    """
    event = delivery.reading.event
    if not isinstance(event, CHANGES) or event.at is not None:
        return False
    entry = journal.get(txn, known)
    if entry is None or entry.kind == ERASED:
        return False
    return delivery.received_at - max(entry.received_at, fingerprints.repeated_at(txn, known)) > REDELIVERED


def _begin(txn: Txn, entry: Entry, reading: Reading) -> bool:
    """Whether there is more to an entry than that it was read."""
    fingerprints.remember(txn, entry.origin.account, reading.digest, entry.seq)
    if isinstance(reading.event, (CrmEvent, Foreign)):
        reasons.put(txn, None, Reason(seq=entry.seq, customer=None, rule=identity.JOURNAL_ONLY))
        return False
    return True


def _keep_erased(txn: Txn, entry: Entry) -> None:
    """All that is left of the event of an erased person: should it come once more, it is known, and stays away."""
    if entry.body:
        fingerprints.remember(txn, entry.origin.account, entry.body, entry.seq)
    reasons.put(txn, None, Reason(seq=entry.seq, customer=None, rule=identity.ERASED))


def quarantine_body(txn: Txn, origin: Origin, received_at: int, body: bytes, error: Unreadable) -> int:
    """Keep a body that cannot be read, raw; returns its number in the quarantine."""
    return quarantine.add(txn, received_at=received_at, origin=origin, code=error.code, message=str(error), body=body)


def _again(txn: Txn, seq: int, reading: Reading, desk: Desk) -> Ingested:
    entry, reason = journal.get(txn, seq), reasons.get(txn, seq)
    if entry is None or reason is None:
        raise Damaged("fingerprints: an entry names a journal line that is not there; run `jivod check`")
    if entry.kind == ERASED:
        return Ingested(shown=OK, seq=seq, customer=None, repeated=True)
    case = open_case(entry, reading.event)
    shown = respond(txn, People(txn), case, reason, evidence_of(txn, case, desk.rules), desk)
    return Ingested(shown=shown, seq=seq, customer=reason.customer, repeated=True)
