"""Greeting: tells the person who started the daemon what to do next. A journal keeps what it hears: no secret there."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TextIO

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from jivod.config.settings import DEFAULT_CHANNEL, Settings
from jivod.model.errors import JivodError

NO_REGION = "note: phones typed without a country code may not be understood while no [[channel]] has a region"


ADD_FIRST = "nobody can sign in yet: `jivod user add NAME --role admin` makes the first user"

_log = Logger(namespace="jivod.service")

Invite = Callable[[bool], Awaitable[str | None]]
"""Told whether a secret may be said: the link that makes the first user, "" for one that may not, None for none."""


class Greeting(Service):
    """Prints when it starts, so put it after the listeners."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], out: TextIO, invite: Invite) -> None:
        self._settings, self._environ, self._out, self._invite = settings, environ, out, invite

    def startService(self) -> Deferred[None]:
        """Fires when the lines are printed."""
        super().startService()
        return Deferred.fromCoroutine(self._greet())

    async def _greet(self) -> None:
        in_journal = is_journal(self._environ, self._out)
        lines = greeting(self._settings, in_journal=in_journal)
        for line in (*lines, *await self._invitation(in_journal)):
            print(line, file=self._out)
        self._out.flush()

    async def _invitation(self, in_journal: bool) -> list[str]:
        try:
            link = await self._invite(not in_journal)
        except JivodError:  # a store that is full still serves
            _log.failure("cannot make a link for the first user")
            return []
        if link is None:
            return []
        if not link:
            return [ADD_FIRST]
        return [f"Nobody can sign in yet. Make yourself the first user here, within a day: {link}"]


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
