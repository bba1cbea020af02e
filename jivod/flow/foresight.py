"""Foresight: what people decided while another policy was in force, known while the journal is folded anew.

The policy of now may put two people into one record before the decision comes that they are two, and then nobody could
tell their entries apart. So the entries that stand for them are kept in different records from the beginning. Where
they came in they were in different records already: under the same policy nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

from attrs import define, evolve, field

from jivod.flow.attribution import Attribution, attribute
from jivod.flow.case import Case, open_case
from jivod.flow.people import People
from jivod.model.decision import Detach, Different, Merge, Unmerge
from jivod.model.entry import EVENT, Entry
from jivod.model.value import frozen
from jivod.policy.rules import Rules
from jivod.store import reasons
from jivod.store.kv import Txn
from jivod.wire import decision as wire
from jivod.wire import jivo

NEVER = 1 << 63  # behind the last entry of any journal


@frozen(kw_only=True)
class Bond:
    """What a person merged, by journal entry `seq` at `at` (UNIX ms); entry `until` took it back."""

    merge: Merge
    seq: int
    at: int
    until: int = NEVER


@frozen(kw_only=True)
class Foresight:
    """`strangers[seq]` are the entries of other people than entry `seq`; `last` is the last entry that heeds it.

    `bonds` are by their decision.
    """

    last: int = 0
    strangers: Mapping[int, frozenset[int]] = {}
    bonds: Mapping[int, Bond] = {}

    def attribute(self, txn: Txn, people: People, case: Case, digest: bytes, rules: Rules) -> Attribution:
        """Whose event it is, as `flow.attribution` has it, but never in the record of a stranger."""
        barred: frozenset[str] = frozenset()
        while True:
            found = attribute(txn, people, case, digest, rules, barred)
            if case.entry.seq > self.last or not self._is_among_strangers(txn, case.entry.seq, found):
                return found
            assert found.home is not None
            barred |= {people.root(found.home.id)}

    def held(self, seqs: Iterable[int], now: int) -> list[Bond]:
        """Those merges among the decisions `seqs` that nobody had taken back by entry `now`, in their order."""
        found = [self.bonds[seq] for seq in sorted(seqs) if seq in self.bonds]
        return [bond for bond in found if now < bond.until]

    def _is_among_strangers(self, txn: Txn, seq: int, found: Attribution) -> bool:
        if found.home is None or found.is_new:
            return False
        waiting = found.chat.seqs if found.chat and found.chat.customer is None else ()
        strangers = [stranger for entry in (seq, *waiting) for stranger in self.strangers.get(entry, ())]
        told = [reasons.get(txn, stranger) for stranger in strangers]
        return any(reason is not None and reason.customer == found.home.id for reason in told)


def foresee(decisions: Iterable[Entry], entry_of: Callable[[int], Entry | None], last: int) -> Foresight:
    """What the decisions up to entry `last`, in the order of the journal, tell those who fold it. `entry_of` gives an
    entry by its number.
    """
    scan = _Scan(entry_of)
    for entry in decisions:
        scan.read(entry)
    strangers: dict[int, set[int]] = {}
    for one, other in scan.pairs():
        strangers.setdefault(one, set()).add(other)
        strangers.setdefault(other, set()).add(one)
    frozen_strangers = {seq: frozenset(found) for seq, found in strangers.items()}
    return Foresight(last=last, strangers=frozen_strangers, bonds={bond.seq: bond for bond in scan.bonds})


@define(eq=False)
class _Scan:
    """What was decided so far. `anchors`: an entry for each record that was named; `different`: who was called so;
    `tied`: who was merged; `standing`: by which of `bonds` a loser is; `moved`: conversations that a person moved to
    another record, whose entries say nothing of where they were before.
    """

    entry_of: Callable[[int], Entry | None]
    bonds: list[Bond] = field(factory=list)
    anchors: dict[str, int] = field(factory=dict)
    different: dict[str, set[str]] = field(factory=dict)
    tied: dict[str, set[str]] = field(factory=dict)
    standing: dict[str, int] = field(factory=dict)
    moved: set[object] = field(factory=set)
    _detached: list[tuple[int, int]] = field(factory=list)
    _conversations: dict[int, object] = field(factory=dict)

    def read(self, entry: Entry) -> None:
        found = wire.read(entry.body)
        for id, seq in found.anchors.items():
            self.anchors[id] = seq
            if self._is_moved(seq):
                del self.anchors[id]
        match found:
            case Different(different=True):
                self._tell_apart(found.a, found.b)
            case Different():
                self._reconcile(found.a, found.b)
            case Unmerge():
                self._loosen(found, entry.seq)
            case Merge():
                self.standing[found.loser] = len(self.bonds)
                self.bonds.append(Bond(merge=found, seq=entry.seq, at=entry.received_at))
                self.tied.setdefault(found.loser, set()).add(found.winner)
                self.tied.setdefault(found.winner, set()).add(found.loser)
            case Detach():
                self._move(found)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Entries of different people, as all decisions together have it."""
        yield from self._detached
        for a, others in self.different.items():
            for b in others:
                mine, theirs = self._group(a), self._group(b)
                if mine & theirs:
                    mine, theirs = {a}, {b}
                yield from product(self._entries(mine), self._entries(theirs))

    def _entries(self, ids: set[str]) -> set[int]:
        return {self.anchors[id] for id in ids if id in self.anchors}

    def _tell_apart(self, a: str, b: str) -> None:
        self.different.setdefault(a, set()).add(b)

    def _reconcile(self, a: str, b: str) -> None:
        mine, theirs = self._group(a), self._group(b)
        for group, others in ((mine, theirs), (theirs, mine)):
            for one in group & self.different.keys():
                self.different[one] -= others

    def _loosen(self, found: Unmerge, seq: int) -> None:
        for loser in [loser for loser, _ in found.parted] or found.customers:
            if (number := self.standing.pop(loser, None)) is not None:
                bond = self.bonds[number]
                self.bonds[number] = evolve(bond, until=seq)
                self.tied[loser].discard(bond.merge.winner)
                self.tied[bond.merge.winner].discard(loser)
        for loser, winner in found.parted:
            self._tell_apart(loser, winner)

    def _move(self, found: Detach) -> None:
        home = self.anchors.get(found.customer)
        for going in found.seqs:
            if home is not None and going < home and not self._is_moved(going):
                self._detached.append((going, home))  # older than the record: it came into it by a merge alone
        self.moved |= {self._conversation(going) for going in found.seqs}
        for id in [id for id, anchor in self.anchors.items() if self._is_moved(anchor)]:
            del self.anchors[id]

    def _is_moved(self, seq: int) -> bool:
        return bool(self.moved) and self._conversation(seq) in self.moved

    def _conversation(self, seq: int) -> object:
        """What is moved as a whole."""
        if seq not in self._conversations:
            self._conversations[seq] = self._read_conversation(seq)
        return self._conversations[seq]

    def _read_conversation(self, seq: int) -> object:
        entry = self.entry_of(seq)
        if entry is None or entry.kind != EVENT:
            return seq
        case = open_case(entry, jivo.read(entry.body).event)
        return (case.account, case.ref) if case.ref else seq

    def _group(self, id: str) -> set[str]:
        """All that people made one with `id`."""
        group, waiting = {id}, [id]
        while waiting:
            more = self.tied.get(waiting.pop(), set()) - group
            group |= more
            waiting += more
        return group
