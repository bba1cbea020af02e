"""Chat: a conversation in the history of a customer. The row is small; the transcript is folded from the journal when
read.
"""

from __future__ import annotations

from jivod.model.claim import Claim
from jivod.model.value import frozen


@frozen(kw_only=True)
class Agent:
    """A human agent, as Jivo names him in an event. Ids are text: Jivo sends them as numbers or as text."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None


@frozen(kw_only=True)
class Message:
    """One message. `at` is UNIX ms, None where Jivo gave no believable time; `text` is None where Jivo hid or left it
    out.
    """

    author: str  # "visitor", "agent", or what Jivo wrote there
    text: str | None = None
    at: int | None = None
    agent_id: str | None = None


@frozen(kw_only=True)
class Call:
    """One state of a call. Jivo sends several per call, without an id and without a time."""

    type: str | None = None  # callback, incoming, outgoing
    status: str | None = None  # start, agent_connected, client_connected, end, error, or a name yet unknown
    phone: str | None = None
    reason: str | None = None
    record_url: str | None = None


@frozen(kw_only=True)
class Visit:
    """Where the visitor was: page, campaign, place. All as Jivo sent it; nothing here is evidence of identity."""

    url: str | None = None
    title: str | None = None
    utm: dict[str, str] = {}
    ip_addr: str | None = None
    user_agent: str | None = None
    country_code: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    provider: str | None = None


@frozen(kw_only=True)
class Chat:
    """The row of one conversation. `ref` is unique within `account`:

    "chat:<chat_id>", "offline:<offline_message_id>" for an offline message without a chat, "call:<number>:<day>"
    for calls without a chat, "event:<seq>" for what has none of these.
    `opened_at` and `at` are the first and last event time, UNIX ms; `seqs` the journal entries, ascending.
    `facts` are the few claims that lists and answers show: agent, department, topic, rate, finished; `call` has the
    last state of a call, `message` stands for one that was left while nobody was there.
    """

    account: str
    ref: str
    customer: str | None
    opened_at: int
    at: int
    seqs: tuple[int, ...]
    facts: tuple[Claim, ...] = ()


@frozen(kw_only=True)
class Transcript:
    """Everything known of one conversation, folded from its journal entries. `emptied`: what was said in it, or in its
    beginning, grew too old to be kept. `name`: what the visitor last called himself in it, or was called.
    """

    chat: Chat
    name: str | None = None
    messages: tuple[Message, ...] = ()
    plain_messages: str | None = None
    calls: tuple[Call, ...] = ()
    agents: tuple[Agent, ...] = ()
    visits: tuple[Visit, ...] = ()
    tags: tuple[str, ...] = ()
    department: str | None = None
    topic: str | None = None
    rate: str | None = None
    invitation: str | None = None
    blacklisted: bool = False
    finished: bool = False
    assigned_to: str | None = None
    emptied: bool = False

    @property
    def began_at(self) -> int:
        """UNIX ms of the first sign of it: when the first event came, the visitor may have written already."""
        return min([self.chat.opened_at, *[message.at for message in self.messages if message.at is not None]])
