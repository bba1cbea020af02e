"""`jivod config check`: read the configuration as the daemon would, and say what it came to.

Makes nothing and changes nothing, not even what a start would; never prints a secret.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click
from attrs import asdict

from jivod.cli import rulefile
from jivod.cli.office import Office
from jivod.cli.screen import field, say, say_json
from jivod.config.settings import Channel, Retention, Settings, Sink

if TYPE_CHECKING:
    from jivod.policy.front import Front
    from jivod.policy.rows import OwnRow


@click.group()
def config() -> None:
    """The configuration."""


@config.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check(office: Office, as_json: bool) -> None:
    """Check the configuration and the policy that it names; a fault is named with file, line and remedy (exit code 78).
    Changes nothing. Called by root, it looks as the user of the daemon, where his directory tells who that is.
    """
    office.become_owner()
    settings = office.look()
    if settings.policy is not None:
        rulefile.read(settings.policy)  # raises what would end a start
    front = _front(settings)
    notes = [*settings.notes, *(front.notes if front else ())]
    if as_json:
        say_json({**plain(settings), "rows": [_row(row) for row in front.rows.rows] if front else [], "notes": notes})
        return
    say("The configuration can be used.")
    for name, value in plain(settings).items():
        if name not in ("channels", "sinks", "notes", "lookup", "retention"):
            field(name, [None if value is None else str(value)], 16)
    for channel in settings.channels:
        parts = [channel.name, f"account {channel.account}", f"region {channel.region or 'none'}"]
        field("channel", [", ".join(parts)], 16)
    for sink in settings.sinks:
        field("sink", [f"{sink.name}, host {sink.host}, {', '.join(sorted(sink.events))}"], 16)
    if settings.lookup and front and front.inquiry:
        times = f"deadline {settings.lookup.deadline} s, cache {settings.lookup.cache} s"
        field("lookup", [f"{front.inquiry.host}, {times}"], 16)
    if kept := _retention(settings.retention):
        field("retention", [", ".join(f"{name} {value}" for name, value in kept.items() if value is not None)], 16)
    for number, row in enumerate(front.rows.rows if front else (), 1):
        field(f"row {number}", [_line(row)], 16)
    for note in notes:
        say(f"note: {note}")


def plain(settings: Settings) -> dict[str, Any]:
    """The settings without their secrets, for people and for JSON."""
    return {
        "state_dir": str(settings.state_dir),
        "listen": settings.listen,
        "admin_listen": settings.admin_listen,
        "public_url": settings.public_url,
        "language": settings.language,
        "policy": str(settings.policy) if settings.policy else None,
        "deadline": settings.deadline,
        "body_limit": settings.body_limit,
        "queue_events": settings.queue_events,
        "queue_bytes": settings.queue_bytes,
        "connections": settings.connections,
        "map_size": settings.map_size,
        "audit_months": settings.audit_months,
        "lookup": {"deadline": settings.lookup.deadline, "cache": settings.lookup.cache} if settings.lookup else None,
        "retention": _retention(settings.retention),
        "channels": [_channel(channel) for channel in settings.channels],
        "sinks": [_sink(sink) for sink in settings.sinks],
        "notes": list(settings.notes),
    }


def _retention(retention: Retention) -> dict[str, Any] | None:
    return {**asdict(retention.rule), "hour": retention.hour} if retention.is_set else None


def _front(settings: Settings) -> Front | None:
    """The rows, tried out with a sample. Raises BadConfig."""
    if not settings.rows and settings.lookup is None:
        return None
    from jivod.policy.front import prepare

    asked = settings.lookup
    return prepare(
        settings.rows,
        asked.url if asked else None,
        asked.attributes if asked else (),
        settings.language,
        time.perf_counter,
    )


def _row(row: OwnRow) -> dict[str, Any]:
    return {"when": row.when, "example": asdict(row.example) if row.example else None}


def _line(row: OwnRow) -> str:
    """How it may look."""
    if row.example is None:
        return f"{row.when}: (nothing for the sample)"
    shown = " ".join(part for part in (row.example.key, row.example.content) if part)
    return f"{row.when}: " + ": ".join(part for part in (row.example.title, shown) if part)


def _channel(channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.name,
        "account": channel.account,
        "region": channel.region,
        "token_secret": channel.token_secret is not None,
    }


def _sink(sink: Sink) -> dict[str, Any]:
    return {"name": sink.name, "host": sink.host, "events": sorted(sink.events), "timeout": sink.timeout}
