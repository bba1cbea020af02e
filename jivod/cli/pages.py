"""Pages: a customer, the conversations, a transcript and the reasons as text to read."""

from __future__ import annotations

from collections.abc import Sequence

from jivod.cli.screen import clean_lines, field, moment, say
from jivod.cli.shapes import facts
from jivod.model.chat import Chat, Message, Transcript
from jivod.model.customer import GoldenRecord
from jivod.model.reason import Reason

FACTS = ("agent", "department", "topic", "rate")


def customer_page(golden: GoldenRecord, link: str) -> None:
    """Who this is and everything known, contested values and merged ids included."""
    say(f"{golden.name or '(no name)'}  {golden.id}")
    field("page", [link])
    field("e-mail", golden.emails)
    field("phone", golden.phones)
    field("note", clean_lines(golden.description or ""))
    for name, value in golden.attributes.items():
        field(name, [value])
    field("tags", [", ".join(golden.tags)])
    field("social", golden.social)
    field("token", golden.tokens)
    field("visitor", golden.visitors)
    field("also", golden.others)
    field("contested", [f"{c.attribute}: {c.value} ({c.source}, {moment(c.last_at)})" for c in golden.contested])
    field("merged", golden.merged)
    field("verified", ["yes" if golden.verified else "no: nobody has proved these contacts to be his own"])
    field("seen", [f"{moment(golden.created_at)} to {moment(golden.seen_at)} UTC"])


def history_page(chats: Sequence[Chat], total: int) -> None:
    """The conversations, newest first, one to a line."""
    say()
    say(f"Conversations: {total}")
    for row in chats:
        known = facts(row)
        words = [known[name] for name in FACTS if name in known] + ([] if "finished" in known else ["not finished"])
        say("  ".join(["", moment(row.at), row.ref, " · ".join(words)]).rstrip())
    if len(chats) < total:
        say("  ... older ones: --limit")


def transcript_page(whole: Transcript) -> None:
    """One conversation: where it came from, who took part, what was said."""
    row = whole.chat
    say(f"{row.account}/{row.ref}  {moment(row.opened_at)} to {moment(row.at)} UTC")
    field("agents", [" ".join(filter(None, (a.name, a.email and f"<{a.email}>"))) or a.id for a in whole.agents])
    field("department", [whole.department])
    field("topic", [whole.topic])
    field("rate", [whole.rate])
    field("tags", [", ".join(whole.tags)])
    field("page", [visit.url for visit in whole.visits])
    field("assigned to", [whole.assigned_to])
    field("invitation", [whole.invitation])
    field("blacklisted", ["yes"] if whole.blacklisted else [])
    for call in whole.calls:
        parts = (call.type, call.status, call.phone, call.reason, call.record_url)
        field("call", [" · ".join(filter(None, parts))])
    say()
    for message in whole.messages:
        _message(message)
    if whole.plain_messages and all(message.text is None for message in whole.messages):
        for line in clean_lines(whole.plain_messages):
            say(f"  {line}")


def reasons_page(reasons: Sequence[Reason]) -> None:
    """Each event's reason, in the order they came."""
    say()
    say(f"Why: {len(reasons)} event" + ("" if len(reasons) == 1 else "s"))
    for why in reasons:
        key = f", {why.key.kind} {why.key.value}" if why.key else ""
        say(f"  #{why.seq}  {why.rule}{key}")
        for rival in why.rivals:
            say(f"      not {rival.customer}: {rival.key.kind} {rival.why}")
        for dropped, reason in why.dropped:
            say(f"      {dropped.kind} not used: {reason}")
        for merged in why.merged:
            say(f"      took in the provisional {merged}")


def _message(message: Message) -> None:
    at = moment(message.at) if message.at is not None else " " * 16
    first, *rest = clean_lines(message.text if message.text is not None else "(text not sent)")
    say(f"  {at}  {message.author}: {first}")
    for line in rest:
        say(f"  {'':16}  {line}")
