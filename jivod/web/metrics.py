"""Metrics: plain counters that cost a request next to nothing; prometheus_client is loaded when somebody asks for them.

All of it is touched on the reactor thread only. Labels are of low cardinality: an event's name counts by itself only if
Jivo documents it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Any

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
    """What the operator may want to know; `render` writes it in the text format of Prometheus."""

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
        self._registry: Any = None

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

    def render(self) -> bytes:
        """Everything, for a scrape."""
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import generate_latest

        if self._registry is None:
            self._registry = CollectorRegistry(auto_describe=False)
            self._registry.register(self)
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Any]:
        """What prometheus_client asks of a collector."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        for name, text, label, counts in (
            ("jivod_events", "Events taken in, by name.", "event", self.events),
            ("jivod_answers", "Answers given, by status.", "status", self.answers),
            ("jivod_signed_tokens", "Signed user_tokens that were checked.", "verdict", self.signed_tokens),
            ("jivod_own_rows", "Rows of the configuration, by whether they could be made.", "outcome", self.rows),
            ("jivod_sign_ins", "What people did about who may look at pages.", "what", self.sign_ins),
            ("jivod_lookups", "Look-ups at another CRM, by what came of them.", "outcome", self.lookups),
        ):
            family = CounterMetricFamily(name, text, labels=[label])
            for value, count in sorted(counts.items()):
                family.add_metric([value], count)
            yield family
        for name, text, number in (
            ("jivod_repeats", "Events that came again.", self.repeats),
            ("jivod_quarantined", "Bodies put into quarantine.", self.quarantined),
            ("jivod_bad_secrets", "Requests to webhook URLs that are none.", self.bad_secrets),
            ("jivod_bad_tokens", "Requests to the API with a token that is none.", self.bad_tokens),
            ("jivod_audit_failures", "Records that the audit log could not take in.", self.audit_failures),
            ("jivod_refused_connections", "Connections over a limit.", self.refused_connections),
        ):
            yield CounterMetricFamily(name, text, value=number)
        for name, text, histogram in (
            ("jivod_commit_seconds", "Time of a commit.", self.commit_seconds),
            ("jivod_group_events", "Events in one commit.", self.group_size),
            ("jivod_lookup_seconds", "Time of a look-up.", self.lookup_seconds),
        ):
            yield HistogramMetricFamily(name, text, buckets=histogram.buckets(), sum_value=histogram.sum)
        for name, text, size in self._gauges():
            yield GaugeMetricFamily(name, text, value=size)
        yield from self._feed()
        yield from self._retention()

    def _feed(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        told = CounterMetricFamily("jivod_feed_deliveries", "Attempts to tell a sink.", labels=["sink", "outcome"])
        for labels, count in sorted(self.deliveries.items()):
            told.add_metric(labels, count)
        yield told
        for name, text, field in (
            ("jivod_feed_backlog", "Changes that a sink is still to be told.", "backlog"),
            ("jivod_feed_dead_letters", "Changes that were given up and kept.", "dead"),
            ("jivod_feed_lost", "Changes dropped untold since the sink is there.", "lost"),
            ("jivod_feed_open", "Whether a sink takes what it is told.", "is_open"),
        ):
            family = GaugeMetricFamily(name, text, labels=["sink"])
            for sink, state in sorted(self.sinks.items()):
                family.add_metric([sink], getattr(state, field))
            yield family

    def _retention(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        state = self.retention
        if state is None:
            return
        for name, text, number in (
            ("jivod_retention_emptied", "Journal entries that lost their content for age.", state.emptied),
            ("jivod_retention_dropped", "Bodies in quarantine that were dropped for age.", state.dropped),
        ):
            yield CounterMetricFamily(name, text, value=number)
        text = "Entries, about, that are too old by a rule that nobody confirmed."
        yield GaugeMetricFamily("jivod_retention_waiting_entries", text, value=state.waiting)
        text = "When old content was last looked for, in UNIX seconds; 0: not yet."
        yield GaugeMetricFamily("jivod_retention_last_run_seconds", text, value=state.ran)

    def _gauges(self) -> Iterator[tuple[str, str, int]]:
        yield "jivod_queue_events", "Events that wait for the disk.", self.queued_events
        yield "jivod_queue_bytes", "Bytes of the events that wait for the disk.", self.queued_bytes
        yield "jivod_live_streams", "Pages that listen to what happens.", self.streams
        yield "jivod_lookups_waiting", "Look-ups that wait for the other CRM.", self.lookups_waiting
        yield "jivod_lookup_paused", "1 while the other CRM is given a rest, else 0.", int(self.lookup_paused)
        yield "jivod_search_behind_entries", "Entries of the journal that search and figures lack.", self.search_behind
        yield "jivod_search_stopped", "1 while search and figures cannot follow, else 0.", self.search_stopped
        if self.store is not None:
            yield "jivod_store_bytes", "Size of the store.", self.store.used
            yield "jivod_store_limit_bytes", "Size at which the store is full.", self.store.mapped
            yield "jivod_disk_free_bytes", "Free space of the disk.", self.store.free_disk
