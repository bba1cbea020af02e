"""Sweep: undo everything that an option of `jivod unmerge` chooses, page by page, or tell what that would be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from attrs import define, field, frozen

from jivod.cli.deed import name_of, now, write
from jivod.cli.lines import attachment_line, merge_line
from jivod.cli.office import Office
from jivod.cli.screen import argument, say, say_json
from jivod.cli.shapes import attachment, merge
from jivod.cli.words import counted
from jivod.flow import undo
from jivod.flow.steward import Hand, key_of
from jivod.model.audit import READ, UNMERGED
from jivod.model.contact import Key
from jivod.model.errors import Refused
from jivod.store import shared
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine


@frozen
class Choice:
    """What is to be undone: all that holds. Times are UNIX ms."""

    key: str | None = None
    rule: str | None = None
    since: int | None = None
    until: int | None = None
    operator: str | None = None


def sweep(office: Office, by: str | None, choice: Choice, *, do: bool, as_json: bool) -> None:
    """Undo what is chosen if `do`, else only list it. Raises Refused if there is nothing."""
    name, at = name_of(by), now()
    with office.store(UNMERGED if do else READ) as engine:
        hand = partial(office.hand, by=name, at=at)
        text = argument(choice.key) if choice.key is not None else None
        key = engine.read(lambda txn: key_of(hand(txn), text)) if text is not None else None
        work = _Work(engine, hand, choice, key, do, as_json, office.touch)
        work.merges()
        if key is not None and choice.rule is None and choice.operator is None:
            work.attachments(key)
        still_decides = key is not None and engine.read(lambda txn: shared.get(txn, key)) is not True
    work.conclude()
    if still_decides and not as_json:
        say("The key itself still decides: `jivod share` stops that.")


@define
class _Work:
    engine: LmdbEngine
    hand: Callable[[Txn], Hand]  # by the policy in force at that moment
    choice: Choice
    key: Key | None
    do: bool
    as_json: bool
    touch: Callable[..., None]
    merges_done: int = 0
    attachments_done: int = 0
    kept: int = 0
    shapes: dict[str, list[dict[str, Any]]] = field(factory=lambda: {"merges": [], "attachments": []})

    def merges(self) -> None:
        """Every merge that is chosen."""
        c = self.choice
        find = partial(
            undo.merges, key=self.key, rule=c.rule, since=c.since, until=c.until,
            by=argument(c.operator) if c.operator is not None else None,
        )  # fmt: skip
        for page in self._pages(find, ""):
            entry, there = self._undo_merges(page) if self.do else (None, page)
            for one in there:
                self.merges_done += 1
                self.touch((one.edge.loser, one.edge.winner), _seqs(entry))
                self._tell("merges", merge_line(one), {**merge(one), "entry": entry})

    def attachments(self, key: Key) -> None:
        """Everything that the key added to a customer."""
        find = partial(undo.attachments, key=key, since=self.choice.since, until=self.choice.until)
        for page in self._pages(find, ("", 0)):
            for one in page:
                self._attachment(one)

    def conclude(self) -> None:
        """Say what was done, or would be. Raises Refused if there is nothing."""
        if self.as_json:
            say_json({"done": self.do, **self.shapes})
        if not (self.merges_done or self.attachments_done or self.kept):
            raise Refused("there is nothing to undo; `jivod show ID --why` tells what was done about a customer")
        if self.as_json:
            return
        what = [counted(self.merges_done, "merge")] if self.merges_done else []
        what += [counted(self.attachments_done, "addition")] if self.attachments_done else []
        told = " and ".join(what) or "nothing"
        say(f"{told} undone" if self.do else f"{told} to undo; nothing was changed, --yes does it")

    def _pages(self, find: Callable[..., list[Any]], after: Any) -> Iterator[list[Any]]:
        while page := self.engine.read(partial(find, after=after, limit=undo.PAGE)):
            yield page
            after = page[-1].place

    def _undo_merges(self, page: list[undo.Merged]) -> tuple[int | None, list[undo.Merged]]:
        entry, there = write(self.engine, lambda txn: undo.take_back_merges(txn, self.hand(txn), page))
        return (entry.seq if entry else None), there

    def _attachment(self, one: undo.Attachment) -> None:
        entry, made, why_not = None, None, "" if one.seqs else "too many entries to tell apart"
        if self.do and not why_not:
            try:
                done, made = write(self.engine, lambda txn: undo.take_back_attachment(txn, self.hand(txn), one))
                entry = done.seq
            except Refused as error:
                why_not = str(error)
        self.attachments_done += not why_not
        self.kept += bool(why_not)
        self.touch([one.customer, one.record, *([made] if made else [])], _seqs(entry))
        outcome = f"  stays: {why_not}" if why_not else f"  is now {made}" if made else ""
        shape = {**attachment(one), "entry": entry, "made": made, "refused": why_not or None}
        self._tell("attachments", attachment_line(one) + outcome, shape)

    def _tell(self, where: str, line: str, shape: dict[str, Any]) -> None:
        if self.as_json:
            self.shapes[where].append(shape)
        else:
            say(line)


def _seqs(entry: int | None) -> tuple[int, ...]:
    return () if entry is None else (entry,)
