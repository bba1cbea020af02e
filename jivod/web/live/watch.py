"""Watch: is whoever listens still signed in? Asked again and again; where nobody can say, a stream ends too."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twisted.logger import Logger

from jivod.web.live.stream import Stream

ASK = 20.0  # seconds for which an answer holds; it is asked for at the next beat
TRUST = 40.0  # seconds after which a stream ends that nobody could vouch for

_log = Logger(namespace="jivod.web")


async def look_after(streams: Iterable[Stream], seconds: Callable[[], float]) -> None:
    """End the streams of those who are not signed in any more. One question at a time; `seconds` is their clock."""
    due = [stream for stream in streams if seconds() - stream.known_at >= ASK]
    for stream in due:
        if seconds() - stream.known_at >= TRUST:
            stream.end()
    for stream in due:
        asked_at = seconds()
        is_in = None if stream.ended.called else await _is_in(stream)
        if is_in:
            stream.known_at = asked_at
        elif is_in is False:
            stream.end()


async def _is_in(stream: Stream) -> bool | None:
    """None where nobody can say."""
    try:
        return await stream.is_in(stream.request)
    except Exception as error:
        _log.warn("cannot ask who listens: {error}", error=type(error).__name__)
        return None
