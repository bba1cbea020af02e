"""Instant: a time on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click


class Instant(click.ParamType[int]):
    """A date or a time as ISO 8601 writes it, UTC unless it says otherwise; UNIX ms."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail("write a time in UTC, like 2026-11-20 or 2026-11-20T14:30", param, ctx)
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return round(aware.timestamp() * 1000)
