"""Pages: a customer, the conversations, a transcript and the reasons as text to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from jivod.cli.lines import decision_line
from jivod.cli.screen import clean, clean_lines, field, moment, say
from jivod.cli.words import counted, key_words
from jivod.flow.doubts import Doubt, fields
from jivod.flow.query import Decided
from jivod.model.chat import Chat, Message, Transcript
from jivod.model.customer import GoldenRecord
from jivod.model.event import ImportedRow
from jivod.model.reason import Reason
from jivod.policy.identity import CREATED
from jivod.wire.rest import facts

FACTS = ("agent", "department", "topic", "rate")
COLUMN = 36  # characters of a customer's data beside another's


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
    say(f"{row.account}/{row.ref}  {moment(whole.began_at)} to {moment(row.at)} UTC")
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
        _message(message, "(no longer kept)" if whole.emptied else "(text not sent)")
    if whole.plain_messages and all(message.text is None for message in whole.messages):
        for line in clean_lines(whole.plain_messages):
            say(f"  {line}")


def reasons_page(reasons: Sequence[Reason], decisions: Sequence[Decided], rows: Mapping[int, ImportedRow]) -> None:
    """Each event's reason and each decision, in the order of the journal; of an imported row where it came from."""
    reasons = [why for why in reasons if why.rule != CREATED]  # the decision tells that better
    say()
    say(f"Why: {counted(len(reasons), 'event')}" + (f", {counted(len(decisions), 'decision')}" if decisions else ""))
    told = [(why.seq, _reason(why, rows.get(why.seq))) for why in reasons]
    told += [(done.seq, [decision_line(done)]) for done in decisions]
    for _, lines in sorted(told, key=lambda one: one[0]):
        for line in lines:
            say(f"  {line}")


def _reason(why: Reason, row: ImportedRow | None) -> list[str]:
    key = f", {key_words(why.key)}" if why.key else ""
    key += f", imported by {row.by} from {row.file} line {row.line}" if row else ""
    lines = [f"#{why.seq}  {why.rule}{key}" + (", proven" if why.proven else "")]
    lines += [f"    not {rival.customer}: {rival.key.kind} {rival.why}" for rival in why.rivals]
    lines += [f"    {dropped.kind} not used: {reason}" for dropped, reason in why.dropped]
    rivals = {rival.customer for rival in why.rivals}
    return lines + [f"    took in {'' if id in rivals else 'the provisional '}{id}" for id in why.merged]


def doubt_page(doubt: Doubt) -> None:
    """A pair side by side: what differs is marked; who should stay, and how to answer."""
    a, b = doubt.a, doubt.b
    key = doubt.review.key
    say(" ".join([moment(doubt.review.at), "", doubt.review.why, *([f"({key_words(key)})"] if key else [])]))
    differing = {differs.field for differs in doubt.differing}
    rows = list(_side_by_side(a, b))
    width = max(14, *[len(clean(name)) + 4 for name, _, _ in rows])  # a mark before it, two blanks behind
    for field_name, ours, theirs in rows:
        mark = "*" if field_name in differing else " "
        for number, (mine, other) in enumerate(zip_longest(ours, theirs, fillvalue="")):
            title = f"{mark} {clean(field_name)}" if number == 0 else ""
            say(f"  {title:<{width}}{mine:<{COLUMN}}  {other}".rstrip())
    loser = b.id if doubt.winner == a.id else a.id
    say(f"  {'proposed':<{width}}jivod merge {loser} {doubt.winner}  ({doubt.why})")
    say(f"  {'or':<{width}}jivod different {a.id} {b.id}")
    say()


def _side_by_side(a: GoldenRecord, b: GoldenRecord) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    ours, theirs = _fields(a), _fields(b)
    for name in dict.fromkeys([*ours, *theirs]):
        mine, other = ours.get(name, ()), theirs.get(name, ())
        if mine or other:
            lines = [[line for value in values for line in clean_lines(value)] for values in (mine, other)]
            yield name, lines[0], lines[1]


def _fields(golden: GoldenRecord) -> dict[str, Sequence[str]]:
    last = {
        "visitors": golden.visitors,
        "merged": golden.merged,
        "chats": (str(golden.chats),),
        "since": (moment(golden.created_at),),
    }
    own = {name: values for name, values in fields(golden).items() if name != "id"}
    return {"id": (golden.id,), **own, **last}


def _message(message: Message, hidden: str) -> None:
    at = moment(message.at) if message.at is not None else " " * 16
    first, *rest = clean_lines(message.text if message.text is not None else hidden)
    say(f"  {at}  {message.author}: {first}")
    for line in rest:
        say(f"  {'':16}  {line}")
