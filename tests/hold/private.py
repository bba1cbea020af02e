"""Private: everything in a body, or made of one, that no log may show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

SHORTEST = 6  # characters: what is shorter may stand in a log by chance
_DIGITS = 7  # of a phone, as few as make it one
_NOT_PERSONAL = frozenset({"event_name", "event_type", "type", "rate", "result", "status", "invitation"})
_IN_ANY_TEXT = re.compile(r"[\w.+-]+@[\w.-]+|\+?\d[\d ()-]{5,}\d|[^\W\d_]{6,}")
_NAME = re.compile(r'"(?:event_name|[a-z_]+)"\s*:')


def values(body: bytes) -> set[str]:
    """E-mails, phones (digits alone, too), names, tokens, texts: every text of a body but the words of the protocol."""
    try:
        found = set(_leaves(orjson.loads(body)))
    except orjson.JSONDecodeError:
        text = _NAME.sub("", body.decode(errors="ignore"))
        found = {match[0] for match in _IN_ANY_TEXT.finditer(text)} - {"chat_accepted", "accepted"}
    return with_digits(found)


def with_digits(found: set[str]) -> set[str]:
    """`found` without what is too short, and the digits of what looks like a phone."""
    digits = {re.sub(r"\D", "", value) for value in found if re.fullmatch(r"[+\d ()./-]+", value)}
    return {value for value in found if len(value) >= SHORTEST} | {value for value in digits if len(value) >= _DIGITS}


def shown(log: str, private: set[str]) -> set[str]:
    """Which of `private` a log shows: as it is, as JSON or Python would escape it, in whatever case."""
    lines = "\n".join(_plain(line) for line in log.splitlines())
    text = f"{log}\n{lines}".casefold()
    return {value for value in private if any(form.casefold() in text for form in _forms(value))}


def _leaves(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    elif isinstance(value, str) and name not in _NOT_PERSONAL:
        yield value.strip()


def _plain(line: str) -> str:
    try:
        return "\n".join(_leaves(orjson.loads(line)))
    except orjson.JSONDecodeError:
        return line


def _forms(value: str) -> set[str]:
    escaped = value.encode("ascii", "backslashreplace").decode()
    return {value, escaped, ascii(value)[1:-1], repr(value)[1:-1], orjson.dumps(value).decode()[1:-1]}
