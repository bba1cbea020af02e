"""Errand: an import or an erasure as the API shows it. Beside each shape stands its class, as in `wire.rest`."""

from __future__ import annotations

from typing import Any, TypedDict

from jivod.model.errand import IMPORT, Errand


class RowCounts(TypedDict):
    """What became of the rows. Contested ones are among those that were created or enriched."""

    created: int
    enriched: int
    unchanged: int
    refused: int
    contested: int


class ContestedRow(TypedDict):
    """A row about which a person should look at something."""

    line: int
    customer: str | None
    why: list[str]


class RefusedRow(TypedDict):
    """A row that was not taken in, and the reason."""

    line: int
    why: str


class Import(TypedDict):
    """An import. `state` is waiting, running, done, failed (`error` says why nothing was taken in) or interrupted (the
    daemon stopped; send the same file again, what is in already stays unchanged). Of the contested and refused rows the
    first hundred are listed. `refused_rows` are the refused ones as a file of the same format, to be mended and sent
    again; `left_out`: how many more there are.
    """

    id: str
    state: str
    by: str
    asked_at: int
    ended_at: int | None
    dry_run: bool
    counts: RowCounts | None
    unusable: int
    contested: list[ContestedRow]
    refused: list[RefusedRow]
    refused_rows: str
    left_out: int
    error: str | None


class Erasure(TypedDict):
    """An erasure. `state` is waiting, running, done or failed (`error` says why, and nothing was changed). `entry` is
    the proof: the number of the decision in the journal.
    """

    id: str
    state: str
    by: str
    asked_at: int
    ended_at: int | None
    customer: str
    records: int | None
    entries: int | None
    quarantined: int | None
    entry: int | None
    error: str | None


_NO_ROWS: dict[str, Any] = {"counts": None, "unusable": 0, "contested": [], "refused": [], "left_out": 0}
_NO_EXTENT: dict[str, Any] = {"records": None, "entries": None, "quarantined": None, "entry": None}


def shown(errand: Errand) -> dict[str, Any]:
    """An errand as JSON."""
    e = errand
    told = e.told or {}
    head = {"id": e.id, "state": e.state, "by": e.by, "asked_at": e.asked_at, "ended_at": e.ended_at}
    if e.kind == IMPORT:
        rows = {name: told.get(name, none) for name, none in _NO_ROWS.items()}
        is_dry = bool(e.asked.get("dry_run"))
        return {**head, "dry_run": is_dry, **rows, "refused_rows": e.rows.decode(), "error": e.error}
    extent = {name: told.get(name, none) for name, none in _NO_EXTENT.items()}
    return {**head, "customer": told.get("customer") or e.asked["id"], **extent, "error": e.error}
