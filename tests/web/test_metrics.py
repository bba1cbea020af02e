"""Metrics: histograms add up, and names of events cannot flood the labels."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jivod.policy import signature
from jivod.store.kv import Size
from jivod.web.exposition import render
from jivod.web.metrics import EVENTS, OTHER, Histogram, Metrics, SinkState
from jivod.web.tokens import LABELS


@given(st.lists(st.floats(0, 10)))
def test_the_last_bucket_holds_every_observation(values: list[float]) -> None:
    histogram = Histogram((0.5, 1.0, 5.0))
    for value in values:
        histogram.observe(value)
    buckets = [(float(bound), count) for bound, count in histogram.buckets()]
    assert all(count == sum(value <= bound for value in values) for bound, count in buckets)


@given(st.lists(st.text()))
def test_an_unknown_name_is_counted_as_other(names: list[str]) -> None:
    metrics = Metrics()
    for name in names:
        metrics.ingested(name, repeated=False)
    assert set(metrics.events) <= EVENTS | {OTHER}
    assert sum(metrics.events.values()) == len(names)


def test_a_scrape_shows_the_queue_and_the_store() -> None:
    metrics = Metrics()
    metrics.queued(3, 4096)
    metrics.store = Size(used=10, mapped=20, free_disk=30)
    text = render(metrics).decode()
    assert "jivod_queue_events 3.0" in text
    assert "jivod_store_bytes 10.0" in text


def test_a_scrape_shows_the_verdicts_on_signatures() -> None:
    metrics = Metrics()
    for label in ("good", "wrong", "good"):
        metrics.token_checked(label)
    text = render(metrics).decode()
    assert 'jivod_signed_tokens_total{verdict="good"} 2.0' in text
    assert 'jivod_signed_tokens_total{verdict="wrong"} 1.0' in text


def test_a_scrape_shows_how_the_sinks_are() -> None:
    metrics = Metrics()
    metrics.told("crm", "delivered")
    metrics.sink_stands("crm", SinkState(backlog=7, dead=2, lost=1, is_open=False))
    text = render(metrics).decode()
    assert 'jivod_feed_deliveries_total{outcome="delivered",sink="crm"} 1.0' in text
    for name, value in (("backlog", 7), ("dead_letters", 2), ("lost", 1), ("open", 0)):
        assert f'jivod_feed_{name}{{sink="crm"}} {value}.0' in text


def test_every_verdict_has_a_label_of_its_own() -> None:
    verdicts = ("GOOD", "WRONG", "STALE", "FUTURE", "FOREIGN", "MALFORMED")
    assert set(LABELS) == {getattr(signature, name) for name in verdicts}
    assert list(LABELS.values()) == [name.lower() for name in verdicts]
