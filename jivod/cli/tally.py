"""Tally: what came of the rows of an import, counted, with the first few of each kind."""

from __future__ import annotations

from typing import Any

from attrs import define, field

from jivod.cli.refused import Refusals
from jivod.cli.screen import say
from jivod.flow.transfer import OUTCOMES, REFUSED, Taken
from jivod.wire.item import Item

CONTESTED = "contested"  # of those that were taken in, some that a person should look at


@define(eq=False)
class Tally:
    """`place`: where refused rows are written, None: nowhere."""

    limit: int
    place: Refusals | None
    counts: dict[str, int] = field(factory=lambda: dict.fromkeys((*OUTCOMES, CONTESTED), 0))
    examples: dict[str, list[dict[str, Any]]] = field(factory=lambda: {kind: [] for kind in (CONTESTED, REFUSED)})
    unusable: int = 0

    @property
    def refused(self) -> int:
        """How many were."""
        return self.counts[REFUSED]

    def count(self, item: Item, taken: Taken) -> None:
        """A row that is in the store now, or was already."""
        self.counts[taken.outcome] += 1
        self.unusable += taken.unusable
        if taken.doubts:
            self.counts[CONTESTED] += 1
            self._show(CONTESTED, {"line": item.line, "customer": taken.customer, "why": list(taken.doubts)})

    def refuse(self, item: Item, why: str, *, is_for_good: bool = False) -> None:
        """A row that is not. For good: it is not kept to be mended."""
        self.counts[REFUSED] += 1
        self._show(REFUSED, {"line": item.line, "why": why})
        if self.place is not None and not is_for_good:
            self.place.add(item, why)

    def shape(self) -> dict[str, Any]:
        """All of it as JSON."""
        place = self.place.shape() if self.place is not None else {"refused_file": None}
        return {"counts": self.counts, "unusable": self.unusable, **self.examples, **place}

    def tell(self, *, dry_run: bool) -> None:
        """All of it as text."""
        say(("would be: " if dry_run else "") + ", ".join(f"{self.counts[kind]} {kind}" for kind in OUTCOMES))
        if self.unusable:
            say(f"{self.unusable} contacts in them cannot be used: they are kept, and decide nothing")
        if self.counts[CONTESTED]:
            say(f"{self.counts[CONTESTED]} of them a person should look at (jivod reviews, jivod show):")
        for one in self.examples[CONTESTED]:
            say(f"  line {one['line']}: {'; '.join(one['why'])}")
        if self.refused:
            say("Refused:")
        for one in self.examples[REFUSED]:
            say(f"  line {one['line']}: {one['why']}")
        if self.refused > len(self.examples[REFUSED]):
            say("  ...")
        place = self.place.shape() if self.place is not None else {}
        if fault := place.get("refused_file_fault"):
            say(f"Not all of them could be written to {fault}: mend that, and import the whole file again.")
        elif path := place.get("refused_file"):
            say(f"They are in {path}: mend them there, and import that file.")

    def _show(self, kind: str, example: dict[str, Any]) -> None:
        if len(self.examples[kind]) < self.limit:
            self.examples[kind].append(example)
