"""Report: what another policy would change, as counts and examples for people, in full as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
from attrs import asdict

from jivod.cli.screen import harmless_json, say
from jivod.flow.whatif import APPEAR, CHANGE, KINDS, MERGE, SPLIT, VANISH, Change, Face, Finding

_COUNTED = {
    MERGE: ("group of customers would be one customer each", "groups of customers would be one customer each"),
    SPLIT: ("customer would be several", "customers would be several"),
    CHANGE: ("customer would look different", "customers would look different"),
    VANISH: ("customer would be gone, the history nobody's", "customers would be gone, the history nobody's"),
    APPEAR: ("customer would be made of what is nobody's now", "customers would be made of what is nobody's now"),
}
_HEADS = {
    MERGE: "Would be one:",
    SPLIT: "Would be several:",
    CHANGE: "Would look different:",
    VANISH: "Would be gone:",
    APPEAR: "Would be new:",
}
_NOTHING = "(nothing)"


def tell(findings: Iterable[Finding], entries: int, limit: int, nothing: str = "nothing would change") -> None:
    """Print how many there are of each kind, and up to `limit` examples of each; `nothing` where there is none."""
    counts = dict.fromkeys(KINDS, 0)
    examples: dict[str, list[Finding]] = {kind: [] for kind in KINDS}
    for finding in findings:
        counts[finding.kind] += 1
        if len(examples[finding.kind]) < limit:
            examples[finding.kind].append(finding)
    say(f"{counted_entries(entries)} folded" + ("" if any(counts.values()) else f", {nothing}"))
    for kind in KINDS:
        if counts[kind]:
            say(f"{counts[kind]:>8}  {_COUNTED[kind][counts[kind] != 1]}")
    for kind in KINDS:
        if examples[kind]:
            say()
            say(_HEADS[kind] if counts[kind] <= limit else f"{_HEADS[kind][:-1]}, {limit} of {counts[kind]}:")
            for finding in examples[kind]:
                _tell_one(finding)


def tell_json(findings: Iterable[Finding], entries: int, **more: Any) -> None:
    """Print all of them as one JSON object, each as soon as it is found: there may be more than memory holds."""
    counts = dict.fromkeys(KINDS, 0)
    click.echo('{"findings": [', nl=False)
    separator = "\n"
    for finding in findings:
        counts[finding.kind] += 1
        click.echo(separator + harmless_json(asdict(finding)), nl=False)
        separator = ",\n"
    last = harmless_json({"entries": entries, "counts": counts, **more})
    click.echo("\n],\n" + last.removeprefix("{\n"))


def counted_entries(entries: int) -> str:
    """1 journal entry, 2 journal entries."""
    return f"{entries} journal " + ("entry" if entries == 1 else "entries")


def _tell_one(finding: Finding) -> None:
    for face in finding.now:
        say(f"  {_line(face)}")
    if finding.kind == CHANGE:
        for field, change in finding.changes.items():
            for name, before, after in _values(field, change):
                say(f"      {name}: {before} -> {after}")
        return
    for face in finding.then:
        say(f"    -> {_line(face)}" if finding.now else f"  {_line(face)}")


def _line(face: Face) -> str:
    return "  ".join([face.id, face.name or "(no name)", *face.emails[:1], *face.phones[:1]])


def _values(field: str, change: Change) -> Iterable[tuple[str, str, str]]:
    """What is to be said of a field: its name, what is there now and what would be."""
    before, after = change
    if isinstance(before, dict):
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                yield name, _shown(before.get(name)), _shown(after.get(name))
    else:
        yield field, _shown(before), _shown(after)


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join([" ".join(item) if isinstance(item, tuple) else item for item in value]) or _NOTHING
    return value or _NOTHING
