"""Log: one JSON object per line for machines, one plain line for a person at a terminal. One event is one line.

Code logs a constant format and facts as fields, never personal data. As a second net, what looks like the path of a
webhook is masked, whoever logged it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson
from twisted.logger import ILogObserver, LogEvent, formatEvent
from twisted.python.failure import Failure
from zope.interface import implementer  # type: ignore[import-untyped]

_OWN = frozenset({"time", "isError", "message", "system", "format", "why", "failure", "level", "namespace"})
_SECRET = re.compile(r"(/jivo/)[^\s/\"'?]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_VALUE_CHARS = 8192
_INT_MAX = 1 << 63  # orjson refuses what is larger


@implementer(ILogObserver)
class LineObserver:
    """Writes every event as one line to `out`; `plain` for people, else JSON."""

    def __init__(self, out: TextIO, *, plain: bool) -> None:
        self._out = out
        self._write = plain_line if plain else json_line

    def __call__(self, event: LogEvent) -> None:
        """Write `event`; what cannot be written is lost, for there is nobody to tell."""
        try:
            self._out.write(self._write(event) + "\n")
            self._out.flush()
        except Exception:
            return


def json_line(event: LogEvent) -> str:
    """`event` as one line of JSON: time, level, namespace, message, traceback if any, then the facts."""
    line: dict[str, Any] = {
        "time": _time(event),
        "level": _level(event),
        "namespace": str(event.get("log_namespace", "-")),
        "message": _clean(_message(event)),
    }
    failure = failure_of(event)
    if failure is not None:
        line["traceback"] = _places(failure)
    line.update(_facts(event))
    text = orjson.dumps(line, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain_line(event: LogEvent) -> str:
    """`event` as one line for a person; of a failure only its kind."""
    failure = failure_of(event)
    kind = f" ({failure.type.__name__})" if failure is not None and failure.type else ""
    facts = "".join(f" {name}={value}" for name, value in _facts(event).items())
    return _clean(f"{_time(event)[11:19]} {_level(event):8} {_message(event)}{kind}{facts}")


def failure_of(event: LogEvent) -> Failure | None:
    """The error that `event` tells of, also in Twisted's older manner."""
    found = event.get("log_failure", event.get("failure"))
    return found if isinstance(found, Failure) else None


def _places(failure: Failure) -> list[str]:
    """The kind of an error and where it came from. Its words are left out: they may quote whatever was in hand."""
    kind = failure.type.__name__ if failure.type else "Exception"
    places = [f"{'/'.join(frame[1].rsplit('/', 2)[-2:])}:{frame[2]} {frame[0]}" for frame in failure.frames]
    return [kind, *places]


def _message(event: LogEvent) -> str:
    is_old = "log_text" in event and failure_of(event) is not None  # its text is a traceback, with the error's words
    text = str(event.get("why") or "Unhandled Error") if is_old else formatEvent(event)
    return text[:_VALUE_CHARS]


def _facts(event: LogEvent) -> Mapping[str, Any]:
    return {
        name: value if _is_plain(value) else _clean(str(value))
        for name, value in event.items()
        if not name.startswith("log_") and name not in _OWN
    }


def _is_plain(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) < _INT_MAX
    return value is None or isinstance(value, float)


def _time(event: LogEvent) -> str:
    return datetime.fromtimestamp(event.get("log_time", 0.0), UTC).isoformat(timespec="milliseconds")


def _level(event: LogEvent) -> str:
    level = event.get("log_level")
    return str(getattr(level, "name", "info"))


def _mask(text: str) -> str:
    return _SECRET.sub(r"\1***", text)


def _clean(text: str) -> str:
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", _mask(text[:_VALUE_CHARS]))
