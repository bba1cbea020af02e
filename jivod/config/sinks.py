"""Sinks: who is told of changes, from the `[[sink]]` tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from jivod.config.secrets import Keeper
from jivod.config.settings import Sink
from jivod.config.tables import SinkTable
from jivod.model.change import CHANGES
from jivod.strict.source import Place, Source

MOST = 16
TIMEOUT = (1.0, 60.0)  # seconds
URL_MAX = 2000  # characters
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_URL = re.compile(r"[!-~]+")  # ASCII that can be seen


def make_sinks(source: Source, tables: tuple[SinkTable, ...], keeper: Keeper) -> tuple[Sink, ...]:
    """Every sink. Raises BadConfig."""
    if len(tables) > MOST:
        raise source.fault(("sink", MOST), f"more than {MOST} sinks", "let one of them pass on what it is told")
    made: dict[str, Sink] = {}
    for index, table in enumerate(tables):
        sink = _sink(source, ("sink", index), table, keeper)
        if sink.name in made:
            raise source.fault(("sink", index, "name"), "two sinks have the same name", "give each a name of its own")
        made[sink.name] = sink
    return tuple(made.values())


def unsealed(source: Source, sinks: Iterable[Sink]) -> Iterable[str]:
    """A note for each sink that is told over a network in the clear."""
    for index, sink in enumerate(sinks):
        if sink.url.startswith("http:") and not _is_here(sink.host):
            line = f"{source.path}:{source.line_of(('sink', index, 'url'))}"
            yield f"{line}: customers' data go to {sink.host} unencrypted; use https unless that is this machine"


def _sink(source: Source, place: Place, table: SinkTable, keeper: Keeper) -> Sink:
    if table.name is None:
        raise source.fault(place, "a sink without a name", 'write name = "n8n", or whatever you call it')
    if not _NAME.fullmatch(table.name):
        remedy = "use 1 to 64 letters, digits, dots, dashes and underscores (A-Z a-z 0-9 . - _)"
        raise source.fault((*place, "name"), "name does not fit", remedy)
    if table.timeout is not None and not TIMEOUT[0] <= table.timeout <= TIMEOUT[1]:
        remedy = f"choose between {TIMEOUT[0]:g} and {TIMEOUT[1]:g} seconds"
        raise source.fault((*place, "timeout"), "timeout is out of range", remedy)
    given: dict[str, Any] = {} if table.timeout is None else {"timeout": table.timeout}
    return Sink(
        name=table.name,
        url=table.url or "",
        host=_host(source, place, table.url),
        key=keeper.sink(place, table.secret_file),
        events=_events(source, place, table.events),
        **given,
    )


def _host(source: Source, place: Place, url: str | None) -> str:
    """The host, after a look at the whole. What is wrong with a URL is said without repeating it."""
    remedy = 'write where it listens, like url = "https://n8n.example.com/webhook/jivod"'
    if url is None:
        raise source.fault(place, "a sink without a url", remedy)
    where = (*place, "url")
    try:
        parts = urlsplit(url)
        odd = parts.username is not None or parts.password is not None or bool(parts.fragment) or parts.port == 0
    except ValueError:
        raise source.fault(where, "url is not a URL", remedy) from None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.hostname or ""):
        raise source.fault(where, "url is not an http or https URL", remedy)
    if odd or "#" in url:
        raise source.fault(where, "url has a user, a password, a fragment or port 0", remedy)
    if not _URL.fullmatch(url) or len(url) > URL_MAX:
        raise source.fault(where, f"url has blanks or other letters than ASCII, or over {URL_MAX} characters", remedy)
    return parts.hostname or ""


def _events(source: Source, place: Place, events: tuple[str, ...] | None) -> frozenset[str]:
    if events is None:
        return frozenset(CHANGES)
    for index, event in enumerate(events):
        if event not in CHANGES:
            known = "known here: " + ", ".join(CHANGES)
            raise source.fault((*place, "events", index), f"there is no event {event[:60]!r}", known)
    if not events:
        raise source.fault((*place, "events"), "events is empty", "name some, or take the line away to have all")
    return frozenset(events)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
