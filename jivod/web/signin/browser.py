"""Browser: which one somebody uses, in two words, so that he knows it again in a list. Nothing is decided by it."""

from __future__ import annotations

_HEAD = 512  # characters of the User-Agent that are looked at
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("YaBrowser", "Yandex"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Macintosh", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def name_of(user_agent: str) -> str:
    """Like "Firefox, Windows"; "" for what cannot be told."""
    head = user_agent[:_HEAD]
    return ", ".join([named for kinds in (_BROWSERS, _SYSTEMS) if (named := _first(head, kinds))])


def _first(head: str, kinds: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in kinds if mark in head), "")
