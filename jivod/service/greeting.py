"""Greeting: tells the person who started the daemon what to do next. A journal keeps what it hears: no secret there."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from twisted.application.service import Service

from jivod.config.settings import DEFAULT_CHANNEL, Settings

NO_REGION = "note: phones typed without a country code may not be understood while no [[channel]] has a region"


class Greeting(Service):
    """Prints when it starts, so put it after the listeners."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], out: TextIO) -> None:
        self._settings, self._environ, self._out = settings, environ, out

    def startService(self) -> None:
        """Print the lines."""
        super().startService()
        for line in greeting(self._settings, in_journal=is_journal(self._environ, self._out)):
            print(line, file=self._out)
        self._out.flush()


def is_journal(environ: Mapping[str, str], out: TextIO) -> bool:
    """Whether what is printed may end in a journal. A terminal inside a systemd session inherits its JOURNAL_STREAM."""
    return "NOTIFY_SOCKET" in environ or ("JOURNAL_STREAM" in environ and not out.isatty())


def greeting(settings: Settings, *, in_journal: bool) -> list[str]:
    """What to say: the notes on the configuration, and the URL of each channel unless somebody keeps what is said."""
    lines = [f"note: {note}" for note in settings.notes]
    if any(channel.name == DEFAULT_CHANNEL and channel.region is None for channel in settings.channels):
        lines.append(NO_REGION)
    if in_journal:
        return [*lines, "run `jivod url` to see the webhook URL"]
    for channel in settings.channels:
        lines.append(f"Paste this webhook URL into Jivo ({channel.name}): {settings.webhook_url(channel)}")
    return lines
