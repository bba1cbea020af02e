"""Lines: one customer, decision, merge or addition on one line."""

from __future__ import annotations

from jivod.cli.screen import moment
from jivod.cli.words import counted, key_words, listed, words
from jivod.flow.query import Decided
from jivod.flow.undo import Attachment, Merged
from jivod.model.customer import GoldenRecord


def customer_line(golden: GoldenRecord) -> str:
    """Who it is, with the first contacts."""
    contacts = [*golden.emails[:1], *golden.phones[:1]]
    return "  ".join([golden.id, golden.name or "(no name)", *contacts, counted(golden.chats, "chat")])


def decision_line(done: Decided) -> str:
    """Who decided what, and when."""
    return f"#{done.seq}  {moment(done.at)}  {done.decision.by}: {words(done.decision)}"


def merge_line(merge: Merged) -> str:
    """What was merged into what, when, by which rule and key, or by whom."""
    edge = merge.edge
    why = " and ".join(key_words(key) for key in merge.keys) or merge.by
    return "  ".join([f"{edge.loser} into {edge.winner}", moment(edge.at), edge.rule, why]).rstrip()


def attachment_line(one: Attachment) -> str:
    """Which conversations, and whose they are."""
    refs = [f"{account}/{ref}" for account, ref in one.refs]
    return f"{listed(refs) or 'something'} of {one.customer}  {moment(one.at)}"
