"""Indexed: what of a conversation and of a customer record can be found by its words, and what is counted of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import islice

from attrs import evolve

from jivod.flow import transcript as transcripts
from jivod.flow.tally import tally
from jivod.flow.touched import Chat
from jivod.model.chat import Transcript
from jivod.model.claim import DESCRIPTION, NAME, ORGANIZATION
from jivod.model.errors import Damaged, Unreadable
from jivod.model.living import living
from jivod.policy import fold
from jivod.store import chats, customers, edges, journal, reasons
from jivod.store.kv import Txn
from jivod.store.tallies import Tally
from jivod.store.texts import Line, Text

ENTRIES = 250  # of one conversation that are looked at: half of them the first, half the last ones
LONGEST = 200_000  # characters of one conversation, or of one customer, that can be found
LINES = 2000  # of them
ATTRIBUTES = (NAME, DESCRIPTION, ORGANIZATION)
TRANSCRIPT = "transcript"  # who said what is known as a whole only


def name(account: str, ref: str) -> str:
    """The name of a conversation: no account has a slash."""
    return f"{account}/{ref}"


def chat_of(name: str) -> Chat:
    """The conversation of a name."""
    account, _, ref = name.partition("/")
    return account, ref


def conversation(txn: Txn, chat: Chat, zone: tzinfo) -> tuple[Text | None, Tally | None]:
    """Its words, None without any; and what it adds to the figures, None if there is none such or it was made up."""
    row = chats.get(txn, *chat)
    if row is None:
        return None, None
    if len(row.seqs) > ENTRIES:
        row = evolve(row, seqs=(*row.seqs[: ENTRIES // 2], *row.seqs[-ENTRIES // 2 :]))
    entry = journal.get(txn, row.seqs[0])
    if entry is None:
        raise Damaged("chats: a row names a journal entry that is not there; run `jivod check`")
    try:
        whole = transcripts.transcript(txn, row)
    except Unreadable:  # by a later jivod than the one that took it in
        return None, None
    counted = None if entry.origin.is_invented else _counted(txn, whole, entry.origin.channel, zone)
    return _text(name(*chat), row.at, _said(whole)), counted


def person(txn: Txn, id: str) -> Text | None:
    """The words of a customer record: what it is called, and what is known of it in words."""
    record = customers.get(txn, id)
    if record is None:
        return None
    found = dict.fromkeys([(c.attribute, c.value) for c in living(record.claims) if c.attribute in ATTRIBUTES])
    lines = [Line(label=attribute, at=None, text=value) for attribute, value in found]
    return _text(id, record.created_at, lines)


def _counted(txn: Txn, whole: Transcript, channel: str, zone: tzinfo) -> Tally:
    why = [reason for seq in whole.chat.seqs if (reason := reasons.get(txn, seq)) is not None]
    makers = {reason.customer for reason in why if reason.customer is not None}
    alone = frozenset([maker for maker in makers if edges.get(txn, maker) is None])
    return tally(whole, channel, why, alone, zone)


def _said(whole: Transcript) -> Iterator[Line]:
    spoken = [message for message in whole.messages if message.text]
    for message in spoken:
        yield Line(label=message.author, at=message.at, text=message.text or "")
    if not spoken and whole.plain_messages:
        yield Line(label=TRANSCRIPT, at=whole.chat.at, text=whole.plain_messages)


def _text(name: str, at: int, lines: Iterable[Line]) -> Text | None:
    kept: list[Line] = []
    left = LONGEST
    for line in islice(lines, LINES):
        if left > 0:
            kept.append(evolve(line, text=line.text[:left]))
            left -= len(line.text)
    folded = f" {fold.BETWEEN} ".join([words for line in kept if (words := fold.fold(line.text))])
    return Text(name=name, at=at, lines=tuple(kept), folded=folded) if folded else None
