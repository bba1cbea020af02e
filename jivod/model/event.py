"""Event: one frozen class per Jivo event, as wire.jivo reads it, and one for a row that was imported.

Absent, null, blank and empty all read as None or ().

All text here is clean: no NUL, no lone surrogate. Ids are text, as sent: Jivo's types for them vary.
`at` is the event's own time in UNIX ms where it carries one (the last message), unchecked; most carry none.
`oddities` are the names of the quirks that were tolerated while reading (`wire.oddity`).
"""

from __future__ import annotations

from jivod.model.chat import Agent, Call, Message, Visit
from jivod.model.value import frozen


@frozen(kw_only=True)
class Visitor:
    """The person on the other side, as typed."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    description: str | None = None
    number: str | None = None
    social: tuple[str, ...] = ()  # profile URLs
    chats_count: str | None = None


@frozen(kw_only=True)
class Event:
    """What any event may carry. `agents` holds `agent` or `agents[]`; the last one owns the end of a chat."""

    event_name: str
    widget_id: str | None = None
    user_token: str | None = None
    chat_id: str | None = None
    client_id: str | None = None
    visitor: Visitor = Visitor()
    agents: tuple[Agent, ...] = ()
    visit: Visit | None = None
    department: str | None = None
    topic: str | None = None
    organization: str | None = None
    status: str | None = None
    assigned_agent: Agent | None = None
    tags: tuple[str, ...] = ()
    at: int | None = None
    oddities: tuple[str, ...] = ()


@frozen(kw_only=True)
class ChatAccepted(Event):
    """An agent took the dialogue; the answer fills his panel."""


@frozen(kw_only=True)
class ChatUpdated(Event):
    """Visitor details changed during the dialogue; the answer fills the panel again."""


@frozen(kw_only=True)
class ChatAssigned(Event):
    """The dialogue was tied to a card; `assign_to` is our crm_link or free text that an agent pasted."""

    assign_to: str | None = None


@frozen(kw_only=True)
class ChatFinished(Event):
    """The dialogue ended. `messages` may be without text, then `plain_messages` holds the transcript."""

    messages: tuple[Message, ...] = ()
    plain_messages: str | None = None
    html_messages: str | None = None
    rate: str | None = None
    blacklisted: bool = False
    invitation: str | None = None


@frozen(kw_only=True)
class OfflineMessage(Event):
    """A message left while nobody was there."""

    message: str | None = None
    offline_message_id: str | None = None


@frozen(kw_only=True)
class ClientUpdated(Event):
    """Jivo's card changed outside a dialogue."""


@frozen(kw_only=True)
class ClientAttributeUpdated(Event):
    """Attributes of Jivo's card changed. Values are text; numbers and booleans as JSON writes them; None: gone."""

    attributes: dict[str, str | None] = {}


@frozen(kw_only=True)
class CallEvent(Event):
    """A call changed its state."""

    call: Call = Call()


@frozen(kw_only=True)
class CrmEvent(Event):
    """The CRM-webhook family (deals, tasks, clients, ...): journaled, answered, not projected."""

    event_type: str | None = None


@frozen(kw_only=True)
class Foreign(Event):
    """A recognised body of another Jivo API (Chat API, Bot API) on the same URL: journaled, answered, not projected.

    `event_name` is "chat_api" or "bot_api".
    """


@frozen(kw_only=True)
class Unknown(Event):
    """An event name that jivod does not know yet: kept with whatever of the common fields it carries."""


@frozen(kw_only=True)
class ImportedRow(Event):
    """What the company's own data say of a customer: line `line` of `file`, imported by `by`.

    `ids` are what the site gives to setUserToken as they stand, `signed_ids` what it signs. The first of `emails` and
    of `phones` is the primary one. Only the kinds of key in `finding` may find somebody; empty: all.
    """

    by: str
    file: str = ""
    line: int = 0
    finding: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    signed_ids: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
