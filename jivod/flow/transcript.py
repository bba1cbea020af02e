"""Transcript: one conversation whole, folded from its journal entries when somebody reads it. Later and longer beats
earlier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from operator import or_

from jivod.flow.case import Case, open_case
from jivod.flow.reading import read
from jivod.model.chat import Agent, Call, Chat, Message, Transcript, Visit
from jivod.model.errors import Damaged
from jivod.model.event import CallEvent, ChatAssigned, ChatFinished, OfflineMessage
from jivod.store import journal
from jivod.store.kv import Txn


def transcript(txn: Txn, chat: Chat) -> Transcript:
    """Everything that the events of `chat` told, in the order of their own times."""
    cases = sorted((_case(txn, seq) for seq in chat.seqs), key=lambda c: (c.at, c.entry.seq))
    events = [c.event for c in cases]
    finished = [e for e in events if isinstance(e, ChatFinished)]
    return Transcript(
        chat=chat,
        name=_last(e.visitor.name for e in events),
        messages=_messages(cases),
        plain_messages=max((e.plain_messages for e in finished if e.plain_messages), key=len, default=None),
        calls=_calls(e.call for e in events if isinstance(e, CallEvent)),
        agents=_agents(a for e in events for a in e.agents),
        visits=_visits(e.visit for e in events),
        tags=tuple(dict.fromkeys(t for e in events for t in e.tags)),
        department=_last(e.department for e in events),
        topic=_last(e.topic for e in events),
        rate=_last(e.rate for e in finished),
        invitation=_last(e.invitation for e in finished),
        blacklisted=any(e.blacklisted for e in finished),
        finished=bool(finished),
        emptied=any(c.entry.original is not None for c in cases),
        assigned_to=_last(e.assign_to for e in events if isinstance(e, ChatAssigned)),
    )


def _case(txn: Txn, seq: int) -> Case:
    entry = journal.get(txn, seq)
    if entry is None:
        raise Damaged("chats: a row names a journal entry that is not there; run `jivod check`")
    return open_case(entry, read(entry).event)


def _messages(cases: Iterable[Case]) -> tuple[Message, ...]:
    """The union of what all events tell: what two of them tell is one message, and so are a hidden one and its text."""
    told = [Counter(_said(case)) for case in cases]
    union: Counter[Message] = reduce(or_, told, Counter())
    spoken = Counter(_place(m) for m in union.elements() if m.text is not None)
    for message in [m for m in union if m.text is None]:
        union[message] -= spoken[_place(message)]
    order = {message: i for i, message in enumerate(dict.fromkeys(m for counter in told for m in counter))}
    whole = sorted(union.elements(), key=lambda m: (m.at is None, m.at or 0, order[m]))
    return tuple(whole)


def _place(message: Message) -> tuple[int | None, str, str | None]:
    return (message.at, message.author, message.agent_id)


def _said(case: Case) -> Iterable[Message]:
    event = case.event
    if isinstance(event, ChatFinished):
        return event.messages
    if isinstance(event, OfflineMessage) and event.message:
        return (Message(author="visitor", text=event.message, at=case.at),)
    return ()


def _calls(states: Iterable[Call]) -> tuple[Call, ...]:
    """The states of the calls as they came, repeats in a row once."""
    calls: list[Call] = []
    for state in states:
        if not calls or calls[-1] != state:
            calls.append(state)
    return tuple(calls)


def _agents(agents: Iterable[Agent]) -> tuple[Agent, ...]:
    """Each agent once, in the order of his last appearance: the last one owns the end."""
    last: dict[str, Agent] = {}
    for agent in agents:
        identity = agent.id or agent.email or agent.name or ""
        last.pop(identity, None)
        last[identity] = agent
    return tuple(last.values())


def _visits(visits: Iterable[Visit | None]) -> tuple[Visit, ...]:
    seen: list[Visit] = []
    for visit in visits:
        if visit is not None and visit not in seen:
            seen.append(visit)
    return tuple(seen)


def _last(values: Iterable[str | None]) -> str | None:
    found = None
    for value in values:
        found = value or found
    return found
