"""Case: one journal entry on its way through the flow, with what follows from it alone."""

from __future__ import annotations

from jivod.model.entry import Entry
from jivod.model.event import (
    CallEvent,
    ClientAttributeUpdated,
    ClientUpdated,
    Event,
    ImportedRow,
    OfflineMessage,
    Unknown,
)
from jivod.model.value import frozen
from jivod.policy import contact
from jivod.policy.moment import sighting
from jivod.policy.rules import Rules

_DAY = 86_400_000  # ms


@frozen(kw_only=True)
class Desk:
    """What an answer needs beyond the store: the policy, the base of crm_link (no slash at the end), the agents'
    language.
    """

    rules: Rules
    public_url: str
    language: str

    def link(self, customer: str) -> str:
        """The customer's page."""
        return f"{self.public_url}/customers/{customer}"


@frozen(kw_only=True)
class Case:
    """`at`: UNIX ms of what happened. `ref`: the conversation it belongs to (`model.chat.Chat.ref`), None for a
    card's change and an imported row.

    `card` names what Jivo shows as one visitor: its number, else the conversation; what we answer is remembered under
    it.
    """

    entry: Entry
    event: Event
    at: int
    ref: str | None
    card: str

    @property
    def account(self) -> str:
        """The Jivo account within which chat ids and visitor numbers are unique."""
        return self.entry.origin.account


def open_case(entry: Entry, event: Event) -> Case:
    """The case of `entry`, whose body reads as `event`."""
    ref = _ref(entry, event)
    cards = contact.visitors(entry.origin.account, event.visitor.number or event.client_id)
    card = next((c.key.value for c in cards if not c.refused), None) or ref or f"event:{entry.seq}"
    return Case(entry=entry, event=event, at=sighting(event, entry.received_at), ref=ref, card=card)


def _ref(entry: Entry, event: Event) -> str | None:
    if isinstance(event, (ClientUpdated, ClientAttributeUpdated, ImportedRow)):
        return None
    if event.chat_id and not contact.is_placeholder_id(event.chat_id):
        return f"chat:{event.chat_id}"
    if isinstance(event, OfflineMessage) and event.offline_message_id:
        return f"offline:{event.offline_message_id}"
    if isinstance(event, CallEvent):
        return _ref_of_call(entry, event)
    return None if isinstance(event, Unknown) else f"event:{entry.seq}"


def _ref_of_call(entry: Entry, event: CallEvent) -> str:
    """Jivo gives a call no id: without a chat, all states of one number on one day (UTC) are one conversation."""
    who = event.call.phone or event.visitor.phone or event.visitor.number
    return f"call:{who}:{entry.received_at // _DAY}" if who else f"event:{entry.seq}"
