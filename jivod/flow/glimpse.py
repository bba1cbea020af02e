"""Glimpse: what a list shows of a conversation: its last words, how many there are, recordings. A list spends a bounded
number of bytes on all of them together; what is too long for that is shown by its row alone.
"""

from __future__ import annotations

from attrs import define

from jivod.flow import transcript as transcripts
from jivod.model.chat import Chat, Message, Transcript
from jivod.model.value import frozen
from jivod.store import journal
from jivod.store.kv import Txn

BYTES = 192 << 10  # of journal entries, read for one page
ENTRIES = 60  # of one conversation
WORDS, FEW = 8, 3  # messages of the first conversation, and of each behind it


@frozen(kw_only=True)
class Glimpse:
    """`messages` are the last ones, `more` how many stand before them; `whole` is the conversation, None where nobody
    read it.
    """

    chat: Chat
    whole: Transcript | None = None
    messages: tuple[Message, ...] = ()
    more: int = 0


@define(eq=False)
class Purse:
    """What is left to be spent on one page."""

    left: int = BYTES
    words: int = WORDS

    def glimpse(self, txn: Txn, chat: Chat) -> Glimpse:
        """What can be shown of this conversation for what is left."""
        if len(chat.seqs) > ENTRIES:
            return Glimpse(chat=chat)
        cost = sum([journal.size(txn, seq) for seq in chat.seqs])
        if cost > self.left:
            return Glimpse(chat=chat)
        whole = transcripts.transcript(txn, chat)
        words, self.words, self.left = self.words, FEW, self.left - cost
        return Glimpse(
            chat=chat, whole=whole, messages=whole.messages[-words:], more=max(0, len(whole.messages) - words)
        )
