"""Metrics: histograms add up, and names of events cannot flood the labels."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jivod.store.kv import Size
from jivod.web.metrics import EVENTS, OTHER, Histogram, Metrics


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
    text = metrics.render().decode()
    assert "jivod_queue_events 3.0" in text
    assert "jivod_store_bytes 10.0" in text
