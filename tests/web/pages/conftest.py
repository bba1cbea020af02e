"""Fixtures: a window, and one behind which something has happened."""

from __future__ import annotations

import pytest

from jivod.flow import password
from tests.web.api.counter import accepted, finished
from tests.web.pages.lounge import Lounge
from tests.web.pages.window import Window


@pytest.fixture
def window() -> Window:
    return Window()


@pytest.fixture
def full() -> Window:
    window = Window()
    window.tell(accepted(1, name="Ayşe Yılmaz", email="ayse@example.com", phone="+90 532 000 00 01", number="7"))
    window.tell(finished(1, name="Ayşe Yılmaz", email="ayse@example.com", number="7"))
    window.tell(accepted(2, name="Deniz", email="deniz@example.com", phone="+90 532 000 00 01"))
    window.tell(accepted(3, name="Mehmet", email="mehmet@example.com"))
    return window


@pytest.fixture
def lounge(monkeypatch: pytest.MonkeyPatch) -> Lounge:
    """With passwords that are kept as they are: what a hash is has tests of its own."""
    monkeypatch.setattr(password, "is_right", lambda kept, typed: kept == f"kept {typed}")
    monkeypatch.setattr(password, "hash_of", lambda typed: f"kept {typed}")
    monkeypatch.setattr(password, "is_outdated", lambda kept: False)
    return Lounge()
