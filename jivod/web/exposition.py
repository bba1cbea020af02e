"""Exposition: the counters as Prometheus wants to read them. Loaded when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest

from jivod.web.metrics import Metrics


def render(metrics: Metrics) -> bytes:
    """Everything, for a scrape, in the text format."""
    registry: Any = CollectorRegistry(auto_describe=False)
    registry.register(Exposition(metrics))
    return generate_latest(registry)


class Exposition:
    """A collector over `metrics`."""

    def __init__(self, metrics: Metrics) -> None:
        self._of = metrics

    def collect(self) -> Iterator[Any]:
        """What prometheus_client asks of a collector."""
        for name, text, label, counts in (
            ("jivod_events", "Events taken in, by name.", "event", self._of.events),
            ("jivod_answers", "Answers given, by status.", "status", self._of.answers),
            ("jivod_signed_tokens", "Signed user_tokens that were checked.", "verdict", self._of.signed_tokens),
            ("jivod_own_rows", "Rows of the configuration, by whether they could be made.", "outcome", self._of.rows),
            ("jivod_sign_ins", "What people did about who may look at pages.", "what", self._of.sign_ins),
            ("jivod_lookups", "Look-ups at another CRM, by what came of them.", "outcome", self._of.lookups),
        ):
            family = CounterMetricFamily(name, text, labels=[label])
            for value, count in sorted(counts.items()):
                family.add_metric([value], count)
            yield family
        for name, text, number in (
            ("jivod_repeats", "Events that came again.", self._of.repeats),
            ("jivod_quarantined", "Bodies put into quarantine.", self._of.quarantined),
            ("jivod_bad_secrets", "Requests to webhook URLs that are none.", self._of.bad_secrets),
            ("jivod_bad_tokens", "Requests to the API with a token that is none.", self._of.bad_tokens),
            ("jivod_audit_failures", "Records that the audit log could not take in.", self._of.audit_failures),
            ("jivod_refused_connections", "Connections over a limit.", self._of.refused_connections),
        ):
            yield CounterMetricFamily(name, text, value=number)
        for name, text, histogram in (
            ("jivod_commit_seconds", "Time of a commit.", self._of.commit_seconds),
            ("jivod_group_events", "Events in one commit.", self._of.group_size),
            ("jivod_lookup_seconds", "Time of a look-up.", self._of.lookup_seconds),
        ):
            yield HistogramMetricFamily(name, text, buckets=histogram.buckets(), sum_value=histogram.sum)
        for name, text, size in self._gauges():
            yield GaugeMetricFamily(name, text, value=size)
        yield from self._feed()
        yield from self._retention()

    def _feed(self) -> Iterator[Any]:
        told = CounterMetricFamily("jivod_feed_deliveries", "Attempts to tell a sink.", labels=["sink", "outcome"])
        for labels, count in sorted(self._of.deliveries.items()):
            told.add_metric(labels, count)
        yield told
        for name, text, field in (
            ("jivod_feed_backlog", "Changes that a sink is still to be told.", "backlog"),
            ("jivod_feed_dead_letters", "Changes that were given up and kept.", "dead"),
            ("jivod_feed_lost", "Changes dropped untold since the sink is there.", "lost"),
            ("jivod_feed_open", "Whether a sink takes what it is told.", "is_open"),
        ):
            family = GaugeMetricFamily(name, text, labels=["sink"])
            for sink, state in sorted(self._of.sinks.items()):
                family.add_metric([sink], getattr(state, field))
            yield family

    def _retention(self) -> Iterator[Any]:
        state = self._of.retention
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
        yield "jivod_queue_events", "Events that wait for the disk.", self._of.queued_events
        yield "jivod_queue_bytes", "Bytes of the events that wait for the disk.", self._of.queued_bytes
        yield "jivod_live_streams", "Pages that listen to what happens.", self._of.streams
        yield "jivod_lookups_waiting", "Look-ups that wait for the other CRM.", self._of.lookups_waiting
        yield "jivod_lookup_paused", "1 while the other CRM is given a rest, else 0.", int(self._of.lookup_paused)
        text = "Entries of the journal that search and figures lack."
        yield "jivod_search_behind_entries", text, self._of.search_behind
        yield "jivod_search_stopped", "1 while search and figures cannot follow, else 0.", self._of.search_stopped
        if self._of.store is not None:
            yield "jivod_store_bytes", "Size of the store.", self._of.store.used
            yield "jivod_store_limit_bytes", "Size at which the store is full.", self._of.store.mapped
            yield "jivod_disk_free_bytes", "Free space of the disk.", self._of.store.free_disk
