"""Errors: each has its status, and nothing of the inside goes out."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from jivod.model.errors import Busy, Damaged, Refused, StoreFailed, StoreFull, Unreadable
from jivod.web.errors import problem_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unreadable("bad_json", "x"), 400),
        (Unreadable("unsupported_encoding", "x"), 415),
        (Refused("x"), 409),
        (Busy("x"), 503),
        (StoreFull("x"), 503),
        (StoreFailed("x"), 503),
        (Damaged("x"), 500),
        (MemoryError("x"), 503),
        (ZeroDivisionError("x"), 500),
        (NotFound(), 404),
        (MethodNotAllowed(["POST"]), 405),
        (RequestRedirect("http://evil.example/"), 404),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_error_has_its_status(error: Exception, status: int) -> None:
    assert problem_of(error).status == status


@pytest.mark.parametrize(
    "error", [Damaged("customers: record 7"), KeyError("visitor@example.com")], ids=["ours", "any"]
)
def test_what_went_wrong_inside_stays_inside(error: Exception) -> None:
    assert "7" not in problem_of(error).message and "example" not in problem_of(error).message


@pytest.mark.parametrize(
    "error", [Busy("x"), StoreFull("x"), StoreFailed("x"), MemoryError("x")], ids=lambda error: type(error).__name__
)
def test_who_is_turned_away_hears_when_to_come_back(error: Exception) -> None:
    assert problem_of(error).retry_after
