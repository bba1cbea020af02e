"""Change: something happened to a customer that others may want to hear of. It only names him: what is told is read
when it is told, so no personal data lies in a queue.
"""

from __future__ import annotations

from jivod.model.value import frozen

CREATED = "customer.created"
UPDATED = "customer.updated"
MERGED = "customer.merged"
UNMERGED = "customer.unmerged"
ERASED = "customer.erased"
CHAT_FINISHED = "chat.finished"
OFFLINE_MESSAGE = "offline.message"
CALL_ENDED = "call.ended"
CHANGES = (CREATED, UPDATED, MERGED, UNMERGED, ERASED, CHAT_FINISHED, OFFLINE_MESSAGE, CALL_ENDED)


@frozen(kw_only=True)
class Change:
    """`number` is its place among all changes, `seq` the journal entry that caused it, received at `at` (UNIX ms).

    `customer` is whom it is about, "" for a conversation that is nobody's. `other` is the one that was merged into him,
    or from whom he was parted.
    """

    number: int
    kind: str
    customer: str
    other: str = ""
    seq: int
    at: int

    @property
    def about(self) -> tuple[str, ...]:
        """The customers whose changes are told one after another."""
        return tuple([id for id in (self.customer, self.other) if id])


@frozen(kw_only=True)
class Owed:
    """A change that a sink could not be told yet. `since`: its first failure, `due`: not before (both UNIX ms)."""

    change: Change
    attempts: int = 0
    since: int = 0
    due: int = 0


@frozen(kw_only=True)
class Dead:
    """A change that was given up. `why` is a word or two, `at` when (UNIX ms)."""

    change: Change
    attempts: int
    why: str
    at: int


@frozen(kw_only=True)
class Standing:
    """How far a sink is: every change up to number `told` was told, or is owed, or given up.

    `edition` grows whenever a person moves it about. `halted` says why nothing is sent: GONE, PAUSED, or "". `dead` are
    the letters kept, `lost` the changes that were dropped because too many waited.
    """

    name: str
    told: int
    edition: int = 0
    halted: str = ""
    dead: int = 0
    lost: int = 0


GONE = "gone"  # the sink itself said, by status 410, that it wants no more
PAUSED = "paused"  # a person said so
