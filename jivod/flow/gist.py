"""Gist: what an event or a decision says, in a line for those who look over many."""

from __future__ import annotations

from jivod.model.claim import ATTRIBUTE_PREFIX, subject
from jivod.model.decision import Clear, Confirm, Create, Decision, Edit, Note, Primary, Retract, Shared
from jivod.model.event import CallEvent, ChatAccepted, ChatFinished, Event, OfflineMessage

LINE = 120  # characters


def of_event(event: Event) -> str:
    """The first line of what the visitor said; the phone of a call, the page where a chat began; "" for nothing."""
    return _first_line(_said(event))


def of_decision(decision: Decision) -> str:
    """What it is about."""
    return _first_line(_decided(decision))


def _said(event: Event) -> str | None:
    match event:
        case ChatFinished():
            texts = (message.text for message in event.messages if message.author == "visitor" and message.text)
            return next(texts, event.plain_messages)
        case OfflineMessage():
            return event.message
        case CallEvent():
            return event.call.phone or event.visitor.phone
        case ChatAccepted():
            return (event.visit.title or event.visit.url) if event.visit else None
    return None


def _decided(decision: Decision) -> str:
    match decision:
        case Edit() | Clear() | Retract():
            name = subject(decision.attribute).removeprefix(ATTRIBUTE_PREFIX)
            return f"{name}: {decision.value}" if decision.value else name
        case Confirm() | Primary():
            return decision.key.value
        case Shared():
            return f"{decision.key.kind}: {decision.key.value}"
        case Note():
            return decision.text
        case Create():
            return next((value for _, value in decision.said), "")
    return ""


def _first_line(text: str | None) -> str:
    lines = (text or "")[: 100 * LINE].strip().splitlines()
    line = " ".join(lines[0].split()) if lines else ""
    return line if len(line) <= LINE else line[: LINE - 1] + "…"
