"""Rows: the operator's own rows of the agent's panel, tried out before the start, filled in for each answer.

What is not known, or is not what a template takes it for, costs its row and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from attrs import evolve, frozen

from jivod.model.answer import Row
from jivod.model.errors import BadConfig
from jivod.model.written import ALWAYS, CONTESTED, NEW, VERIFIED, RowDraft, Written
from jivod.policy import sample
from jivod.policy.formats import Absent, Unshowable
from jivod.policy.grammar import Path, Unusable
from jivod.policy.reply import Panel, is_new
from jivod.policy.template import Press, Template
from jivod.policy.view import Looked, Scene, names
from jivod.strict.table import meant

LOOKUP = "lookup"
SLOW = 0.005  # seconds for one row: the reactor has nothing better to do meanwhile, and others wait
TRIES = 3  # the machine may be busy
_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\"<>\\]+", re.ASCII)
_ALONE = re.compile(r"\s*\{\{(?:(?!\}\}).)*\}\}\s*", re.DOTALL)

_OPEN: dict[str, Callable[[Panel], bool]] = {
    ALWAYS: lambda panel: True,
    VERIFIED: lambda panel: panel.verified,
    CONTESTED: lambda panel: bool(panel.golden.contested),
    NEW: is_new,
}


@frozen(kw_only=True)
class OwnRow:
    """One row that can be used. `example` is what it says of a sample, None if it says nothing of it."""

    content: Template
    title: Template | None
    key: Template | None
    link: Template | None
    when: str
    example: Row | None = None

    @property
    def names(self) -> frozenset[Path]:
        """What it looks up."""
        return frozenset().union(*[part.names for part in (self.content, self.title, self.key, self.link) if part])

    @property
    def is_looked_up(self) -> bool:
        """Whether it needs another CRM."""
        return any(path[0] == LOOKUP for path in self.names)

    def fill(self, tables: Mapping[str, Any]) -> Row:
        """The row. Raises Unshowable; only a link that cannot be made is left out alone."""
        content = self.content.render(tables)
        if not content.strip():
            raise Absent("there is nothing to show")
        title = self.title.render(tables) if self.title else None
        key = self.key.render(tables) if self.key else None
        return Row(title=title, content=content, key=key, link=self._address(tables))

    def _address(self, tables: Mapping[str, Any]) -> str | None:
        try:
            link = self.link and self.link.render(tables)
        except Unshowable:
            return None
        return link if link and _ADDRESS.fullmatch(link) else None


@frozen
class Rows:
    """All of them, in the order of the file. `_wanted`: the tables they name; `_asking`: when the look-up is needed."""

    rows: tuple[OwnRow, ...]
    _wanted: frozenset[str]
    _asking: frozenset[str]

    @classmethod
    def of(cls, rows: Iterable[OwnRow]) -> Rows:
        """Those that were tried out."""
        every = tuple(rows)
        wanted = frozenset(path[0] for row in every for path in row.names)
        return cls(every, wanted, frozenset(row.when for row in every if row.is_looked_up))

    def asks(self, panel: Panel) -> bool:
        """Whether any of them that may be shown needs a look-up."""
        return any(_OPEN[when](panel) for when in self._asking)

    def fill(self, scene: Scene, looked: Looked) -> tuple[tuple[Row, ...], int]:
        """Those that can be shown, and how many cannot."""
        tables, shown, missing = names(scene, self._wanted, looked), [], 0
        for row in self.rows:
            if _OPEN[row.when](scene.panel):
                try:
                    shown.append(row.fill(tables))
                except Unshowable:
                    missing += 1
        return tuple(shown), missing


def prepare(drafts: Iterable[RowDraft], press: Press, looked: Collection[str], seconds: Callable[[], float]) -> Rows:
    """The rows, each tried out with a sample; `looked` are the names of `lookup`, `seconds` is a clock.

    Raises BadConfig, a line for each fault: FILE:LINE: what is wrong; what to do.
    """
    made, faults = [], []
    for draft in drafts:
        try:
            made.append(_tried(_row(draft, press, looked), draft, looked, seconds))
        except BadConfig as error:
            faults.append(str(error))
    if faults:
        raise BadConfig("\n".join(faults))
    return Rows.of(made)


def _row(draft: RowDraft, press: Press, looked: Collection[str]) -> OwnRow:
    def made(what: str, part: Written | None, make: Callable[[str], Template]) -> Template | None:
        return press_part(what, part, make, looked) if part else None

    is_alone = draft.link and _ALONE.fullmatch(draft.link.text)
    return OwnRow(
        content=press_part("content", draft.content, press.text, looked),
        title=made("title", draft.title, press.text),
        key=made("key", draft.key, press.text),
        link=made("link", draft.link, press.address if is_alone else press.link),
        when=draft.when,
    )


def press_part(what: str, part: Written, make: Callable[[str], Template], looked: Collection[str]) -> Template:
    """The template in `part`, all names of which there are. Raises BadConfig."""
    try:
        template = make(part.text)
    except Unusable as error:
        raise BadConfig(f"{part.where}: {what} {error}") from None
    known = next(sample.tables(looked))
    for path in sorted(template.names):
        if unknown := _unknown(path, known):
            raise BadConfig(f"{part.where}: {what} names {unknown}")
    return template


def _unknown(path: Path, tables: Mapping[str, Any]) -> str | None:
    """What is wrong with a name, and which one was meant."""
    found: Any = tables
    for depth, name in enumerate(path):
        if isinstance(found, sample.Open):
            return None
        before = ".".join(path[:depth])
        if not isinstance(found, dict):
            return f"{before}.{name}, but {before} is a single value; write {before}"
        if name not in found:
            remedy = meant(name, list(found)) if found else "say under [lookup.attributes] what it is"
            return f"{'.'.join(path[: depth + 1])}, which there is not; {remedy}"
        found = found[name]
    return None


def _tried(row: OwnRow, draft: RowDraft, looked: Collection[str], seconds: Callable[[], float]) -> OwnRow:
    problem, is_conditional = "", False
    for tables in sample.tables(looked):
        try:
            example, took = _timed(row, tables, seconds)
        except Absent:  # there is everything in the sample, so the row itself chose to show nothing
            is_conditional = True
        except Unshowable as error:
            problem = problem or str(error)
        else:
            if took > SLOW:
                raise BadConfig(
                    f"{draft.content.where}: this row takes {took:.3f} seconds to make; write a simpler one"
                )
            return evolve(row, example=example)
    if is_conditional:
        return row
    remedy = "look at its filters and sums, and run: jivod config check"
    raise BadConfig(f"{draft.content.where}: this row cannot be made, whatever is known ({problem}); {remedy}")


def _timed(row: OwnRow, tables: Mapping[str, Any], seconds: Callable[[], float]) -> tuple[Row, float]:
    took = []
    for _ in range(TRIES):
        begun = seconds()
        example = row.fill(tables)
        took.append(seconds() - begun)
    return example, min(took)
