"""Query: the questions that the page, the API and the CLI ask. Read only."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from itertools import islice

from jivod.flow import transcript as transcripts
from jivod.flow.people import People
from jivod.flow.reading import read
from jivod.model.chat import Chat, Transcript
from jivod.model.contact import TOKEN, VERIFIED_TOKEN, VISITOR, Key, visitor_key
from jivod.model.customer import GoldenRecord
from jivod.model.decision import Decision
from jivod.model.entry import IMPORT
from jivod.model.errors import Damaged
from jivod.model.event import ImportedRow
from jivod.model.reason import Reason
from jivod.model.value import frozen
from jivod.policy import contact
from jivod.policy.rules import Rules
from jivod.store import chats, customers, decisions, edges, former, journal, reasons
from jivod.store.kv import Txn
from jivod.wire import decision as wire

ID = "id"  # beside the kinds of key, what `find` may go by
Before = tuple[int, str, str]  # (at, account, ref) of the last row of the page before


@frozen(kw_only=True)
class Decided:
    """Journal entry `seq`, of `at` (UNIX ms), is this decision of a person."""

    seq: int
    at: int
    decision: Decision


def find(
    txn: Txn,
    query: str,
    rules: Rules,
    limit: int = 20,
    *,
    accounts: tuple[str, ...] = (),
    regions: tuple[str, ...] = (),
    by: str | None = None,
    skip: int = 0,
) -> list[GoldenRecord]:
    """Customers by id, e-mail, phone, token, visitor number (in `accounts`), or words of the name; best matches
    first, each once. `by` ID or a kind of key: by that alone. `skip` so many, of the pages before.
    """
    people, most = People(txn), limit + skip
    found = keyed(txn, query, rules, most, accounts=accounts, regions=regions)
    ids = [id for why, id in found if by in (None, why)]
    ids += customers.named(txn, query, most) if by is None else []
    roots = dict.fromkeys(people.root(id) for id in ids)
    return [people.golden(root, rules) for root in islice(roots, skip, most)]


def keyed(
    txn: Txn, query: str, rules: Rules, limit: int, *, accounts: tuple[str, ...] = (), regions: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """The records of which the text is the id or a key, each with which of them: (ID or a kind of key, id); of each key
    `limit` at most.
    """
    text = query.strip()
    named = former.meant(txn, text)
    found = [(ID, named)] if named else []
    for key in _keys(text, rules, accounts, regions):
        found += [(key.kind, id) for id in customers.having(txn, key, limit)]
    return found


def newest(txn: Txn, rules: Rules, limit: int, before: str | None = None) -> tuple[list[GoldenRecord], str | None]:
    """The living customers among the next `limit` records, the last one made first; and the id at which the page after
    this goes on as `before`, None behind the last.
    """
    people = People(txn)
    ids = customers.newest(txn, limit, before)
    living = [id for id in ids if edges.get(txn, id) is None]
    return [people.golden(id, rules) for id in living], ids[-1] if len(ids) == limit else None


def show(txn: Txn, id: str, rules: Rules) -> GoldenRecord | None:
    """The living customer behind any id ever given out, also one that was merged away; None for an unknown id."""
    record = former.meant(txn, id)
    if record is None:
        return None
    people = People(txn)
    return people.golden(people.root(record), rules)


def history(txn: Txn, id: str, limit: int, before: Before | None = None) -> list[Chat]:
    """The conversations of a customer and of all merged into it, newest first; `before` continues a page."""
    pages = [chats.history(txn, member, limit, before) for member in edges.tree(txn, edges.root(txn, id))]
    newest_first = heapq.merge(*pages, key=lambda c: (-c.at, c.account, c.ref))
    return list(islice(newest_first, limit))


def transcript(txn: Txn, account: str, ref: str) -> Transcript | None:
    """One conversation whole, None if there is none such."""
    chat = chats.get(txn, account, ref)
    return None if chat is None else transcripts.transcript(txn, chat)


def explain(txn: Txn, id: str, limit: int, after: int = 0) -> list[Reason]:
    """Why each event belongs to the customer `id`, in the order of the journal; `after` is the last seq of the page
    before.
    """
    pages = [reasons.of(txn, member, after, limit) for member in edges.tree(txn, edges.root(txn, id))]
    return list(islice(heapq.merge(*pages, key=lambda r: r.seq), limit))


def decided(txn: Txn, id: str, limit: int, after: int = 0) -> list[Decided]:
    """What people decided about the customer `id`, in the order of the journal; `after` is the last seq of the page
    before.
    """
    pages = [decisions.of(txn, member, after, limit) for member in edges.tree(txn, edges.root(txn, id))]
    seqs = sorted({seq for page in pages for seq in page})[:limit]
    return [decision(txn, seq) for seq in seqs]


def imported(txn: Txn, explained: Iterable[Reason]) -> dict[int, ImportedRow]:
    """Those of the entries that are rows of the company's own data, by their numbers."""
    entries = [journal.get(txn, reason.seq) for reason in explained]
    events = [(entry.seq, read(entry).event) for entry in entries if entry is not None and entry.kind == IMPORT]
    return {seq: event for seq, event in events if isinstance(event, ImportedRow)}


def decision(txn: Txn, seq: int) -> Decided:
    """The decision that journal entry `seq` is, which must be there."""
    entry = journal.get(txn, seq)
    if entry is None:
        raise Damaged("decisions: a row names a journal entry that is not there; run `jivod check`")
    return Decided(seq=seq, at=entry.received_at, decision=wire.read(entry.body))


def _keys(text: str, rules: Rules, accounts: tuple[str, ...], regions: tuple[str, ...]) -> list[Key]:
    contacts = contact.emails(text, rules) + contact.phones(text, regions, rules)
    keys = [c.key for c in contacts if not c.refused]
    keys += [Key(kind, text) for kind in (VERIFIED_TOKEN, TOKEN, VISITOR) if text]
    return keys + [visitor_key(account, text) for account in accounts]
