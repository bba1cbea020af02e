"""Metrics: plain counters that cost a request next to nothing; `exposition` writes them down when somebody asks.

All of it is touched on the reactor thread only. Labels are of low cardinality: an event's name counts by itself only if
Jivo documents it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from attrs import define

from jivod.store.kv import Size

EVENTS = frozenset(
    {
        "chat_accepted",
        "chat_updated",
        "chat_assigned",
        "chat_finished",
        "offline_message",
        "client_updated",
        "client_attribute_updated",
        "call_event",
        "chat_api",
        "bot_api",
    }
)
OTHER = "other"
LOOKUP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # seconds
COMMIT_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # seconds
GROUP_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)  # events


class Histogram:
    """How many observations fell below each of `bounds`."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Count one value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    def buckets(self) -> list[tuple[str, float]]:
        """(upper bound, observations up to it), as Prometheus wants them."""
        total, found = 0, []
        for bound, count in zip((*map(str, self._bounds), "+Inf"), self._counts, strict=True):
            total += count
            found.append((bound, float(total)))
        return found


@define
class SinkState:
    """How a sink stands. `is_open`: it takes what it is told, as far as is known."""

    backlog: int = 0
    dead: int = 0
    lost: int = 0
    is_open: bool = True


@define
class RetentionState:
    """What became of what was too old, since the start. `waiting`: entries that somebody has to confirm may go; `ran`:
    when it was last done to the end (UNIX seconds), 0: not yet.
    """

    emptied: int = 0
    dropped: int = 0
    waiting: int = 0
    ran: float = 0


class Metrics:
    """What the operator may want to know."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.signed_tokens: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()
        self.sign_ins: Counter[str] = Counter()
        self.lookups: Counter[str] = Counter()
        self.lookup_seconds = Histogram(LOOKUP_BUCKETS)
        self.lookups_waiting = self.lookup_paused = 0
        self.commit_seconds = Histogram(COMMIT_BUCKETS)
        self.group_size = Histogram(GROUP_BUCKETS)
        self.repeats = self.quarantined = self.bad_secrets = self.bad_tokens = self.refused_connections = 0
        self.audit_failures = self.queued_events = self.queued_bytes = self.streams = 0
        self.store: Size | None = None
        self.search_behind = self.search_stopped = 0
        self.deliveries: Counter[tuple[str, str]] = Counter()
        self.sinks: dict[str, SinkState] = {}
        self.retention: RetentionState | None = None

    def answered(self, status: int) -> None:
        """An answer was given."""
        self.answers[str(status)] += 1

    def ingested(self, name: str, repeated: bool) -> None:
        """An event was taken in."""
        self.events[name if name in EVENTS else OTHER] += 1
        self.repeats += repeated

    def token_checked(self, verdict: str) -> None:
        """The signature of a user_token was looked at."""
        self.signed_tokens[verdict] += 1

    def rows_filled(self, shown: int, missing: int) -> None:
        """Of the operator's own rows so many could be made for an answer, and so many could not."""
        self.rows["shown"] += shown
        self.rows["missing"] += missing

    def looked_up(self, outcome: str) -> None:
        """Another CRM was asked about a customer, or was not (`jivod.web.lookup`)."""
        self.lookups[outcome] += 1

    def signed_in(self, what: str) -> None:
        """Something was done about who may look at pages (`jivod.web.signin.deed`)."""
        self.sign_ins[what] += 1

    def wrong_secret(self) -> None:
        """Somebody called a webhook URL that is none."""
        self.bad_secrets += 1

    def wrong_token(self) -> None:
        """Somebody called the API with a token that is none."""
        self.bad_tokens += 1

    def unrecorded(self) -> None:
        """The audit log could not take in a record."""
        self.audit_failures += 1

    def committed(self, events: int, seconds: float) -> None:
        """One group reached the disk."""
        self.group_size.observe(events)
        self.commit_seconds.observe(seconds)

    def queued(self, events: int, size: int) -> None:
        """So many events, and bytes of them, wait for the disk."""
        self.queued_events, self.queued_bytes = events, size

    def listened(self, streams: int) -> None:
        """So many pages listen."""
        self.streams = streams

    def told(self, sink: str, outcome: str) -> None:
        """A sink was told of a change, or should have been."""
        self.deliveries[sink, outcome] += 1

    def sink_stands(self, sink: str, state: SinkState) -> None:
        """So a sink stands now."""
        self.sinks[sink] = state
