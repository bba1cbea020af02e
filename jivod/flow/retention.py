"""Retention: conversations that ended long ago lose what was said in them. That there was one, when, by which channel,
with which agent and rating stays, and so does everything that a customer is made of: no projection changes.

A conversation is as old as its last event, and goes as a whole when the journal is looked through up to that one.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from jivod.flow.case import open_case
from jivod.flow.reading import emptied, has_content, read
from jivod.flow.steward import ORIGIN
from jivod.flow.typed import demand_name
from jivod.model.decision import Retain
from jivod.model.entry import DECISION, EVENT, Entry
from jivod.model.errors import Damaged
from jivod.model.retention import Consent, Rule
from jivod.model.value import frozen
from jivod.store import chats, journal, quarantine, replies, retention
from jivod.store.kv import Txn
from jivod.wire import decision as wire

NAMELESS = "to confirm how long conversations are kept needs the name of whoever does it"
PAGE = 25  # entries read and prepared at once: the reactor gets a thread of its own then, but no processor
TURN = 100  # entries emptied in one transaction: a webhook may have to wait for it
_FEW = 10
STALE = 100  # bodies in quarantine dropped in one transaction
_DAY = 86_400_000  # ms
LONGEST = 40 * _DAY  # between two runs


@frozen(kw_only=True)
class Conversation:
    """What came to its end, or stands for itself, with the `entries` that have content still. `at`: UNIX ms of the
    receipt of its last entry.
    """

    account: str
    at: int
    entries: tuple[Entry, ...]


@frozen(kw_only=True)
class Page:
    """The conversations that end in the part of the journal up to entry `looked`."""

    looked: int
    conversations: tuple[Conversation, ...]


@frozen(kw_only=True)
class Turn:
    """What is to be done: these `husks` take the places of their entries; then the journal was looked through up to
    `looked`.
    """

    looked: int
    husks: tuple[Entry, ...]


def confirm(txn: Txn, rule: Rule, by: str, at: int) -> None:
    """From now on what is too old by this rule may go. Raises Refused without a name."""
    demand_name(by, NAMELESS)
    retention.set_consent(txn, Consent(rule=rule, by=by, at=at))


def in_force(txn: Txn, wanted: Rule) -> Rule:
    """The part of the rule `wanted` that was confirmed: nothing goes that is not too old by both."""
    given = retention.consent(txn)
    if given is None:
        return Rule()
    return Rule(
        chats_months=_milder(wanted.chats_months, given.rule.chats_months),
        quarantine_days=_milder(wanted.quarantine_days, given.rule.quarantine_days),
    )


def is_doubtful(txn: Txn, now: int) -> bool:
    """Whether nobody has seen to it for so long that the clock may be wrong, by which all would be too old."""
    given = retention.consent(txn)
    return given is not None and now - max(given.at, retention.ran(txn)) > LONGEST


def months_before(now: int, months: int) -> int:
    """The same moment so many months earlier (UNIX ms); the last of its month where there is no such day."""
    moment = datetime.fromtimestamp(now / 1000, UTC)
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return round(moment.replace(year=year, month=month + 1, day=day).timestamp() * 1000)


def ended(txn: Txn, after: int, before: int, now: int) -> Page:
    """The next conversations behind entry `after` that ended `before` (UNIX ms); an empty page at the end."""
    entries = _old(journal.after(txn, after, PAGE), before, now)
    found = [_ending_in(txn, entry) for entry in entries if entry.kind == EVENT]
    return Page(
        looked=entries[-1].seq if entries else after,
        conversations=tuple([one for one in found if one is not None and one.entries]),
    )


def due(txn: Txn, after: int, before: int, now: int) -> Turn | None:
    """What is next, behind entry `after`, with what ended `before` (UNIX ms); None at the end. To read and to prepare
    takes ten times as long as to write it down, and nobody has to wait for that.
    """
    page = ended(txn, after, before, now)
    return prepared(page) if page.looked > after else None


def prepared(page: Page) -> Turn:
    """What becomes of a page."""
    husks = [emptied(entry) for one in page.conversations for entry in one.entries]
    return Turn(looked=page.looked, husks=tuple(husks))


def together(one: Turn, next: Turn) -> Turn:
    """Both as one."""
    return Turn(looked=next.looked, husks=one.husks + next.husks)


def pieces(turn: Turn) -> Iterator[Turn]:
    """The same in pieces, each short enough to be waited for."""
    for start in range(0, max(len(turn.husks), 1), TURN):
        is_last = start + TURN >= len(turn.husks)
        yield Turn(looked=turn.looked if is_last else 0, husks=turn.husks[start : start + TURN])


def take_turn(txn: Txn, turn: Turn, months: int, at: int) -> int:
    """Let content go, and journal of which entries; how many. What somebody else did meanwhile is left alone, and
    without any consent all is.
    """
    given = retention.consent(txn)
    if given is None:
        return 0
    done = sorted([husk.seq for husk in turn.husks if journal.empty(txn, husk)])
    if done:
        decision = Retain(by=given.by, months=months, spans=spans(done))
        journal.append(txn, received_at=at, origin=ORIGIN, body=wire.write(decision), kind=DECISION)
    retention.set_looked(txn, max(retention.looked(txn), turn.looked))
    return len(done)


def tidy(txn: Txn, rule: Rule, now: int) -> int:
    """Drop some bodies in quarantine that are too old, how many; and answers of the API that nobody may ask for."""
    replies.drop_outdated(txn, now)
    old = stale(txn, rule, now)
    for number in old:
        quarantine.remove(txn, number)
    return len(old)


def stale(txn: Txn, rule: Rule, now: int, limit: int = STALE) -> list[int]:
    """The first numbers of bodies in quarantine that are too old."""
    if rule.quarantine_days is None:
        return []
    found: list[int] = []
    before = now - rule.quarantine_days * _DAY
    while len(found) < limit:  # few at once: they may be large
        page = quarantine.listed(txn, min(_FEW, limit - len(found)), found[-1] if found else 0)
        old = [item.number for item in page if item.received_at < before]
        found += old
        if not page or len(old) < len(page):
            break
    return found


def older(txn: Txn, before: int) -> int:
    """About how many entries that were not looked at yet came `before`, found without reading all of them."""
    low, high = retention.looked(txn), journal.last(txn)
    start = min(low, high)
    while low < high:
        middle = (low + high + 1) // 2
        entry = journal.get(txn, middle)
        low, high = (middle, high) if entry is not None and entry.received_at < before else (low, middle - 1)
    return low - start


def spans(seqs: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers in ascending order, as first and last of each run."""
    found: list[tuple[int, int]] = []
    for seq in seqs:
        if found and found[-1][1] == seq - 1:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return tuple(found)


def _milder(wanted: int | None, given: int | None) -> int | None:
    return None if wanted is None or given is None else max(wanted, given)


def _old(page: Iterable[Entry], before: int, now: int) -> list[Entry]:
    """The entries at the beginning that came `before`. One from a later time than now, by a clock that was wrong, is as
    old as the one behind it.
    """
    old: list[Entry] = []
    doubtful: list[Entry] = []
    for entry in page:
        if entry.received_at > now:
            doubtful.append(entry)
        elif entry.received_at < before:
            old += [*doubtful, entry]
            doubtful = []
        else:
            break
    return old


def _ending_in(txn: Txn, entry: Entry) -> Conversation | None:
    """The conversation of which this is the last entry; None if it goes on."""
    ref = open_case(entry, read(entry).event).ref
    chat = chats.get(txn, entry.origin.account, ref) if ref else None
    seqs = chat.seqs if chat is not None else (entry.seq,)
    if seqs[-1] != entry.seq:
        return None
    entries = [entry if seq == entry.seq else _entry(txn, seq) for seq in seqs]
    return Conversation(
        account=entry.origin.account,
        at=entry.received_at,
        entries=tuple([one for one in entries if has_content(one)]),
    )


def _entry(txn: Txn, seq: int) -> Entry:
    entry = journal.get(txn, seq)
    if entry is None:
        raise Damaged("chats: a row names a journal entry that is not there; run `jivod check`")
    return entry
