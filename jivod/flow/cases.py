"""Cases: does a `[[case]]` of policy.toml hold? Its rows are told to an empty store, as Jivo would tell them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import orjson
from attrs import frozen

from jivod.flow.case import Desk
from jivod.flow.ingest import Delivery, Ingested, ingest
from jivod.flow.people import People
from jivod.model.customer import GoldenRecord
from jivod.model.entry import Origin
from jivod.model.reason import OPEN
from jivod.policy.case import CLIENT_EVENTS, CaseRow, Expected, PolicyCase
from jivod.policy.identity import NEW
from jivod.policy.rules import Rules
from jivod.policy.signature import GOOD
from jivod.store import customers, reasons, reviews
from jivod.store.kv import Engine, Txn
from jivod.store.memory import MemoryEngine
from jivod.strict.table import shown
from jivod.wire import jivo

REMEDY = "mend this case, or remove it where you want the rules so"
_BEGINNING = 1_790_000_000  # UNIX seconds of a row at 0
_ACCOUNT = "case"
_SESSION = {"ip_addr": "203.0.113.7"}  # a web page: without one the name would be a messenger's
_ALL = 1 << 20  # more rows than a case has


@frozen(kw_only=True)
class _Outcome:
    """`owners`: the living customer that each row ends with; None: nobody's. `last` is that of the last row, and
    `is_new` tells whether that row made it. `reviews` counts the pairs that a person should look at.
    """

    owners: tuple[str | None, ...]
    customers: int
    reviews: int
    last: GoldenRecord | None
    is_new: bool


def play(case: PolicyCase, rules: Rules) -> list[str]:
    """What the case expects and does not get under `rules`, a sentence each: "row 2: expected 1 customer, there are 2".
    [] where it holds.
    """
    engine: Engine = MemoryEngine()
    desk = Desk(rules=rules, public_url="", language="en")
    seqs = [_tell(engine, desk, row, chat).seq for row, chat in zip(case.given, _chats(case.given), strict=True)]
    outcome = engine.read(lambda txn: _outcome(txn, seqs, rules))
    end = f"row {len(case.given)}: "
    in_the_end = [*_counts(case.expected, outcome), *_of_last(case.expected, outcome)]
    return [*_owners(case.expected.same or (), outcome.owners), *(end + sentence for sentence in in_the_end)]


def _chats(rows: tuple[CaseRow, ...]) -> Iterator[str]:
    """The chat of each row; a row that names none has one that no other row is in."""
    named = {row.chat for row in rows}
    unused = (name for number in range(1, 2 * len(rows) + 1) if (name := str(number)) not in named)
    return (row.chat or next(unused) for row in rows)


def _tell(engine: Engine, desk: Desk, row: CaseRow, chat: str) -> Ingested:
    body = orjson.dumps(_body(row, chat))
    delivery = Delivery(
        origin=Origin(channel=_ACCOUNT, account=_ACCOUNT, region=row.region),
        received_at=(_BEGINNING + row.at) * 1000,
        body=body,
        reading=jivo.read(body),
        signature=GOOD if row.verified else "",
    )
    (outcome,) = engine.write([lambda txn: ingest(txn, delivery, desk)])
    if outcome.error is not None:
        raise outcome.error
    told: Ingested = outcome.value
    return told


def _body(row: CaseRow, chat: str) -> dict[str, Any]:
    """The row as Jivo writes it. Its time makes two rows two events also where they say the same."""
    at = _BEGINNING + row.at
    fields = {
        "name": row.name, "email": row.email, "phone": row.phone,
        "description": row.description, "number": row.visitor,
    }  # fmt: skip
    body: dict[str, Any] = {
        "event_name": row.event,
        "event_timestamp": at,
        "user_token": row.token,
        "visitor": {name: text for name, text in fields.items() if text is not None},
    }
    special: dict[str, dict[str, Any]] = {
        "client_attribute_updated": {"attributes": row.attributes},
        "chat_finished": {"chat": {"messages": []}},
        "offline_message": {"message": "...", "offline_message_id": at * 1000},
        "call_event": {"call": {"type": "incoming", "status": "start", "phone": row.phone}},
    }
    place = {"client_id": row.visitor} if row.event in CLIENT_EVENTS else {"chat_id": chat, "session": _SESSION}
    return body | place | special.get(row.event, {})


def _outcome(txn: Txn, seqs: list[int], rules: Rules) -> _Outcome:
    people = People(txn)
    told = [reasons.get(txn, seq) for seq in seqs]
    homes = [reason.customer if reason else None for reason in told]
    owners = tuple([people.root(home) if home else None for home in homes])
    last, reason = owners[-1], told[-1]
    doubtful = [frozenset((people.root(r.a), people.root(r.b))) for r in reviews.listed(txn, OPEN, _ALL)]
    return _Outcome(
        owners=owners,
        customers=len({people.root(id) for id in customers.newest(txn, _ALL)}),
        reviews=len({pair for pair in doubtful if len(pair) > 1}),
        last=people.golden(last, rules) if last else None,
        is_new=reason is not None and reason.rule == NEW,
    )


def _owners(same: tuple[tuple[int, ...], ...], owners: tuple[str | None, ...]) -> Iterator[str]:
    for row in sorted(row for group in same for row in group):
        if owners[row - 1] is None:
            yield f"row {row}: expected a customer, it is nobody's"
    for first, *others in same:
        for row in others:
            if owners[row - 1] != owners[first - 1]:
                yield f"row {row}: expected the customer of row {first}, it is another"
    for (one, *_), (other, *_) in combinations(same, 2):
        if owners[one - 1] == owners[other - 1] is not None:
            first, row = sorted((one, other))
            yield f"row {row}: expected another customer than that of row {first}, it is the same"


def _counts(expected: Expected, outcome: _Outcome) -> Iterator[str]:
    counted = (
        ("customer", expected.customers, outcome.customers),
        ("review", expected.reviews, outcome.reviews),
    )
    for noun, wanted, found in counted:
        if wanted is not None and wanted != found:
            there = f"is {found}" if found == 1 else f"are {found}"
            yield f"expected {wanted} {noun if wanted == 1 else noun + 's'}, there {there}"


def _of_last(expected: Expected, outcome: _Outcome) -> Iterator[str]:
    """What differs about the customer of the last row."""
    found = outcome.last or GoldenRecord(id="")
    yield from _compared("name", _text(expected.name), _text(found.name) or ())
    yield from _compared("e-mails", expected.emails, found.emails)
    yield from _compared("phones", expected.phones, found.phones)
    yield from _compared("description", _text(expected.description), _text(found.description) or ())
    if expected.attributes is not None:
        for name in sorted({*expected.attributes, *found.attributes}):
            wanted, there = expected.attributes.get(name), found.attributes.get(name)
            yield from _compared(f"attribute {name}", _text(wanted) or (), _text(there) or ())
    if expected.contested is not None:
        lost = {c.value for c in found.contested}
        yield from _compared("contested values", tuple(sorted(expected.contested)), tuple(sorted(lost)))
    if expected.new is not None and expected.new != outcome.is_new:
        yield "expected a new customer, it is not" if expected.new else "expected a customer known before, it is new"


def _compared(noun: str, wanted: tuple[str, ...] | None, found: tuple[str, ...]) -> Iterator[str]:
    """Nothing is wanted: None; that there is nothing: ()."""
    if wanted is not None and wanted != found:
        expectation = f"{noun} {_listed(wanted)}" if wanted else f"no {noun}"
        yield f"expected {expectation}, found {_listed(found) or 'none'}"


def _text(value: str | None) -> tuple[str, ...] | None:
    return None if value is None else (value,) if value else ()


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join([shown(value) for value in values])
