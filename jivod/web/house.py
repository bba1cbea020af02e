"""House: what a connection and its requests may ask of the site they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from jivod.web.budget import Budget
from jivod.web.errors import Exit
from jivod.web.limits import Limits
from jivod.web.metrics import Metrics
from jivod.web.problem import Problem


class House(Protocol):
    """`jivod.web.site.JivodSite`, as seen from below. `seconds` is its clock, `date` the Date header of this moment."""

    resource: Any
    limits: Limits
    exit: Exit
    metrics: Metrics
    seconds: Callable[[], float]
    date: bytes
    draining: bool

    def opened(self, channel: Any) -> None:
        """A channel has its connection."""

    def closed(self, channel: Any) -> None:
        """A channel lost its connection."""

    def budget_of(self, method: bytes, path: bytes) -> Budget:
        """What a long body of such a request takes from."""

    def problem_of_long(self, request: Any, method: bytes, path: bytes) -> Problem | None:
        """Why `request` may not bring a long body. Refuse it then: a wrong secret has been counted."""
