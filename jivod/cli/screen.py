"""Screen: how things look on a terminal. What came from outside is printed harmless: no control character survives."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import click

from jivod.model.errors import Refused

# Control characters, bidirectional overrides, invisible marks: they move the cursor, or make a text read as another.
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_HARMFUL_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
PATIENCE = 1.0  # seconds of work before a progress bar is shown


def clean(text: str) -> str:
    """One line of harmless text: what could steer a terminal is shown as its escape."""
    return _HARMFUL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def clean_lines(text: str) -> list[str]:
    """The same for a text of several lines."""
    return [clean(line.replace("\t", "    ")) for line in re.split(r"\r\n|\n|\r", text)]


def say(text: str = "") -> None:
    """Print one harmless line."""
    click.echo(clean(text))


def say_json(value: Any) -> None:
    """Print a value as JSON for programs, harmless too."""
    click.echo(harmless_json(value))


def harmless_json(value: Any) -> str:
    """JSON in which what could steer a terminal is escaped, as JSON allows for any character."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _HARMFUL_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def argument(text: str) -> str:
    """An argument as text that can be encoded, whatever bytes it was made of."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def wrong_use(text: str) -> click.UsageError:
    """The error for a wrong use of the command, with names of files and columns made harmless."""
    return click.UsageError(clean(argument(text)))


def confirmed(question: str) -> bool:
    """What a person answers. Raises Refused where nobody does."""
    try:
        return click.confirm(question)
    except click.Abort:
        click.echo(err=True)
        raise Refused("nobody answered, and nothing was changed; say --yes to be asked nothing") from None


def moment(ms: int) -> str:
    """A time in UNIX ms, to the minute, in UTC."""
    try:
        return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError, OSError):
        return f"{ms} ms"


def field(title: str, values: Iterable[str | None], width: int = 12) -> None:
    """A titled field with a value to a line, two blanks behind the title at least; nothing where there is no value."""
    title = clean(title)
    width = max(width, len(title) + 2)
    for value in filter(None, values):
        say(f"  {title:<{width}}{value}")
        title = ""


def panel(title: str, lines: Iterable[str]) -> None:
    """A small box like the agent's panel."""
    say(f"  ┌─ {title} " + "─" * max(3, 60 - len(title)))
    for line in lines:
        say(f"  │ {line}")
    say("  └" + "─" * 64)


class Progress:
    """A progress bar on stderr, once the work has taken over a second, and only if a person may be watching."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._since = time.monotonic()
        self._bar: Any = None
        self._shown = 0

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` steps are behind us."""
        if self._bar is None:
            if not sys.stderr.isatty() or time.monotonic() - self._since < PATIENCE:
                return
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr)
        self._bar.update(done - self._shown)
        self._shown = done

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.render_finish()
