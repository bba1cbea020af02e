"""Order: an errand as a call of the command `jivod`, and what that printed as what came of the errand."""

from __future__ import annotations

from typing import Any

import orjson
from attrs import evolve

from jivod.model.errand import IMPORT, Errand
from jivod.service.child import Ended

SHOWN = 100  # rows of each kind that are told
LONGEST = 500  # characters of an error
_PREFIXES = ("jivod: ", "Error: ")
_OPTIONS = ("key", "separator", "region", "format", "encoding")


def arguments(errand: Errand) -> list[str]:
    """How to call it."""
    return _import(errand) if errand.kind == IMPORT else _erasure(errand)


def told(errand: Errand, ended: Ended) -> Errand:
    """The errand with what came of it."""
    try:
        found: Any = orjson.loads(ended.out) if ended.code in (0, 1) else None
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        return evolve(errand, error=_error(ended))
    rows = found.pop("refused_rows", "")
    return evolve(errand, told=found, rows=rows.encode())


def _import(errand: Errand) -> list[str]:
    asked = errand.asked
    found = ["import", "-", "--json", "--refused=-", f"--limit={SHOWN}", f"--by={errand.by}"]
    found.append(f"--name={asked.get('name', 'upload')}")
    found += [f"--{name}={asked[name]}" for name in _OPTIONS if asked.get(name)]
    found += [f"--map={one}" for one in asked.get("map", ())]
    return [*found, "--dry-run"] if asked.get("dry_run") else found


def _erasure(errand: Errand) -> list[str]:
    asked = errand.asked
    return ["erase", "--json", "--yes", f"--reason={asked['reason']}", f"--by={errand.by}", "--", asked["id"]]


def _error(ended: Ended) -> str:
    """The last sentence that it said; of a process that was killed there is none."""
    lines = [line for line in ended.err.decode("utf-8", "replace").splitlines() if line.startswith(_PREFIXES)]
    if not lines:
        return "It ended without a word; the log of jivod tells more."
    text = lines[-1]
    for prefix in _PREFIXES:
        text = text.removeprefix(prefix)
    return text[:LONGEST]
