"""Fixtures: a counter, and one with something of everything."""

from __future__ import annotations

import pytest

from tests.web.api.counter import Counter, accepted, finished


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def full() -> Counter:
    counter = Counter()
    fill(counter)
    return counter


def fill(counter: Counter) -> None:
    """Three customers, two of whom may be one, conversations, and a body in quarantine."""
    counter.tell(accepted(1, name="Ayşe", email="ayse@example.com", phone="+90 532 000 00 01", number="7"))
    counter.tell(finished(1, name="Ayşe", email="ayse@example.com", number="7"))
    counter.tell(accepted(2, name="Deniz", email="deniz@example.com", phone="+90 532 000 00 01"))
    counter.tell(accepted(3, name="Mehmet", email="mehmet@example.com"))
    assert counter.shop.post(b"{").status == 400
