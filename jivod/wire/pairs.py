"""Pairs: the parts of a body that are names with values, in all their shapes. Campaign, attributes, social profiles.

Written like `oddity`: plain and clean results, quirks noted in `odd`, sorted wherever the order of keys could show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from jivod.wire.oddity import ITEMS_MAX, Json, as_items, as_object
from jivod.wire.text import URL_CAP, Odd, line, text

_LINK = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_PROFILE_KEYS = frozenset({"url", "link"})
_PROFILE_LISTS = ("social_profiles", "socialProfiles")
_NOT_PROFILES = frozenset({"photos", "demographics"})
_RENAMED = {"keyword": "term"}
_USUAL = frozenset({"source", "medium", "campaign", "content", "term"})  # clean as they stand


def utm(session: Json, odd: Odd) -> dict[str, str]:
    """The campaign: `utm_json` over the bar form `utm`; `keyword` is called term, percent-encoding is undone."""
    bar, given = session.get("utm"), session.get("utm_json")
    found: dict[str, str] = {}
    if type(bar) is dict:
        odd.add("utm_as_object")
        found = _campaign(sorted(bar.items()), odd)
    elif bar:
        found = _campaign(_bar_form(bar, odd), odd)
    if given:
        found |= _campaign(sorted(as_object(given, odd).items()), odd)
    elif type(given) is list:
        odd.add("empty_list_for_object")
    return dict(sorted(found.items())[:ITEMS_MAX])


def _bar_form(bar: Any, odd: Odd) -> Iterator[tuple[str, str]]:
    for pair in (text(bar, odd) or "").split("|"):
        name, _, value = pair.partition("=")
        yield name, value


def _campaign(pairs: Iterable[tuple[str, Any]], odd: Odd) -> dict[str, str]:
    found = {}
    for name, value in pairs:
        if type(value) is str and "%" in value:
            value = unquote(value)  # noqa: PLW2901
        read, key = line(value, odd, URL_CAP), name if name in _USUAL else line(name, odd)
        if key and read:
            found[_RENAMED.get(key, key)] = read
    return found


def attributes(value: Any, odd: Odd) -> dict[str, str | None]:
    """Attributes from an object, a list of objects, of {name, value} or of two-item lists; sorted by name, at most 100.

    A number or a flag is written as JSON writes it, something nested as compact JSON; null and blank say "taken away".
    """
    if type(value) is list and value:
        odd.add("attributes_as_list")
        pairs = [pair for item in value for pair in _attribute_pairs(item, odd)]
    else:
        pairs = sorted(as_object(value, odd).items())
    found: dict[str, str | None] = {}
    for name, content in pairs:
        key = line(name, odd)
        if key is None:
            odd.add("attribute_without_name")
        else:
            found[key] = attribute_text(content, odd)
    if len(found) > ITEMS_MAX:
        odd.add("too_many_items")
    return dict(sorted(found.items())[:ITEMS_MAX])


def _attribute_pairs(item: Any, odd: Odd) -> list[tuple[Any, Any]]:
    if type(item) is dict:
        return [(item["name"], item["value"])] if item.keys() == {"name", "value"} else sorted(item.items())
    match item:
        case [name, content]:
            return [(name, content)]
    odd.add("attribute_without_name")
    return []


def attribute_text(value: Any, odd: Odd) -> str | None:
    """One attribute's value as text."""
    if value is None or type(value) is str:
        return text(value, odd)
    if type(value) is dict or type(value) is list:
        odd.add("nested_attribute")
    return text(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")), odd)


def social(value: Any, odd: Odd) -> tuple[str, ...]:
    """Links to profiles, each once, at most 100. Only http and https: anything else is dropped."""
    if not value:
        return ()
    found: dict[str, None] = {}
    for profile in _profiles(value, odd):
        link = line(profile, odd, URL_CAP + 1)
        if link and len(link) <= URL_CAP and _LINK.fullmatch(link):
            found[link] = None
        else:
            odd.add("social_without_link")
    if len(found) > ITEMS_MAX:
        odd.add("too_many_items")
    return tuple(found)[:ITEMS_MAX]


def _profiles(value: Any, odd: Odd) -> Iterator[Any]:
    """What should be links, of: profiles under their name, a list, an object network -> link, a single link."""
    if type(value) is str:
        yield value
        return
    if type(value) is dict:
        named = [value[name] for name in _PROFILE_LISTS if name in value]
        if named:
            value = [item for profiles in named for item in as_items(profiles, _PROFILE_KEYS, odd)]
        elif _PROFILE_KEYS.isdisjoint(value):
            value = [value[name] for name in sorted(value) if name not in _NOT_PROFILES]
    for item in as_items(value, _PROFILE_KEYS, odd, ITEMS_MAX * 2):
        yield (item.get("url") or item.get("link")) if type(item) is dict else item
