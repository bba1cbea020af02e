"""Foresight: what people decide further on in the journal, known while it is folded under another policy.

That policy may put two people into one record before the decision comes that they are two, and then nobody could tell
their entries apart. So the entries that stand for them are kept in different records from the beginning. Where they
came in, under the policy that was in force, they were in different records already: there nothing changes.

Only what comes before a decision heeds it, and what it says is never taken out: so a fold of a longer journal does the
same to the entries of a shorter one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import define, evolve, field

from jivod.flow.attribution import Attribution, attribute
from jivod.flow.case import Case, open_case
from jivod.flow.people import People
from jivod.model.decision import Decision, Detach, Different, Merge, Unmerge
from jivod.model.entry import Entry
from jivod.model.event import Event
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
    """`strangers[seq]` are the entries of other people than entry `seq`, each with the decision that says so."""

    strangers: Mapping[int, tuple[tuple[int, int], ...]] = {}
    bonds: tuple[Bond, ...] = ()

    def attribute(self, txn: Txn, people: People, case: Case, digest: bytes, rules: Rules) -> Attribution:
        """Whose event it is, as `flow.attribution` has it, but never in the record of a stranger."""
        barred: frozenset[str] = frozenset()
        while True:
            found = attribute(txn, people, case, digest, rules, barred)
            if not self._is_among_strangers(txn, case.entry.seq, found):
                return found
            assert found.home is not None
            barred |= {people.root(found.home.id)}

    def held(self, seq: int) -> list[Bond]:
        """What people had merged, and not taken back, when entry `seq` was folded; that entry included."""
        return [bond for bond in self.bonds if bond.seq <= seq < bond.until]

    def _is_among_strangers(self, txn: Txn, seq: int, found: Attribution) -> bool:
        if found.home is None or found.is_new:
            return False
        waiting = found.chat.seqs if found.chat and found.chat.customer is None else ()
        for entry in (seq, *waiting):
            for stranger, decided in self.strangers.get(entry, ()):
                reason = reasons.get(txn, stranger) if seq < decided else None
                if reason is not None and reason.customer == found.home.id:
                    return True
        return False


BLIND = Foresight()


def foresee(decisions: Iterable[Entry], entry_of: Callable[[int], Entry | None]) -> Foresight:
    """What the decisions of a journal, in its order, tell those who fold it. `entry_of` gives an entry by number."""
    scan = _Scan(entry_of)
    for entry in decisions:
        scan.read(entry)
    strangers: dict[int, list[tuple[int, int]]] = {}
    for (one, other), decided in scan.pairs.items():
        strangers.setdefault(one, []).append((other, decided))
        strangers.setdefault(other, []).append((one, decided))
    return Foresight(strangers={seq: tuple(found) for seq, found in strangers.items()}, bonds=tuple(scan.bonds))


@define(eq=False)
class _Scan:
    """What was decided so far. `anchors`: an entry for each record that was named; `different`: who was called so;
    `tied`: who was merged; `standing`: by which of `bonds` a loser is; `moved`: conversations that a person moved to
    another record, whose entries say nothing of where they were before.
    """

    entry_of: Callable[[int], Entry | None]
    pairs: dict[tuple[int, int], int] = field(factory=dict)
    bonds: list[Bond] = field(factory=list)
    anchors: dict[str, int] = field(factory=dict)
    different: dict[str, set[str]] = field(factory=dict)
    tied: dict[str, set[str]] = field(factory=dict)
    standing: dict[str, int] = field(factory=dict)
    moved: set[object] = field(factory=set)
    _conversations: dict[int, object] = field(factory=dict)

    def read(self, entry: Entry) -> None:
        found = wire.read(entry.body)
        self._anchor(found)
        match found:
            case Different(different=True):
                self._tell_apart(found.a, found.b, entry.seq)
            case Different():
                self._reconcile(found.a, found.b)
            case Unmerge():
                self._loosen(found, entry.seq)
            case Merge():
                self._tie(found, entry)
            case Detach():
                self._move(found, entry.seq)

    def _anchor(self, found: Decision) -> None:
        for id, seq in found.anchors.items():
            self.anchors.pop(id, None)
            if not self._is_moved(seq):
                self.anchors[id] = seq

    def _is_moved(self, seq: int) -> bool:
        return bool(self.moved) and self._conversation(seq) in self.moved

    def _conversation(self, seq: int) -> object:
        """What is moved as a whole."""
        if seq not in self._conversations:
            self._conversations[seq] = self._read_conversation(seq)
        return self._conversations[seq]

    def _read_conversation(self, seq: int) -> object:
        entry = self.entry_of(seq)
        event = jivo.read(entry.body).event if entry else None
        if entry is None or not isinstance(event, Event):
            return seq
        case = open_case(entry, event)
        return (case.account, case.ref) if case.ref else seq

    def _tell_apart(self, a: str, b: str, seq: int) -> None:
        self.different.setdefault(a, set()).add(b)
        self.different.setdefault(b, set()).add(a)
        self._part(self._group(a), self._group(b), seq)

    def _reconcile(self, a: str, b: str) -> None:
        for one in self._group(a):
            for other in self.different.get(one, set()) & self._group(b):
                self.different[one].discard(other)
                self.different[other].discard(one)

    def _loosen(self, found: Unmerge, seq: int) -> None:
        for loser in [loser for loser, _ in found.parted] or found.customers:
            if (number := self.standing.pop(loser, None)) is not None:
                bond = self.bonds[number]
                self.bonds[number] = evolve(bond, until=seq)
                self.tied[loser].discard(bond.merge.winner)
                self.tied[bond.merge.winner].discard(loser)
        for loser, winner in found.parted:
            self._tell_apart(loser, winner, seq)

    def _tie(self, found: Merge, entry: Entry) -> None:
        self.standing[found.loser] = len(self.bonds)
        self.bonds.append(Bond(merge=found, seq=entry.seq, at=entry.received_at))
        self.tied.setdefault(found.loser, set()).add(found.winner)
        self.tied.setdefault(found.winner, set()).add(found.loser)
        mine = self._group(found.loser)
        for other in {other for one in mine for other in self.different.get(one, ())}:
            self._part(mine, self._group(other), entry.seq)

    def _move(self, found: Detach, seq: int) -> None:
        home = self.anchors.get(found.customer)
        for going in found.seqs:
            if home is not None and going < home and not self._is_moved(going):  # it is not the record's own: another merged into it holds it
                self.pairs.setdefault((going, home), seq)
        self.moved |= {self._conversation(going) for going in found.seqs}
        for id in [id for id, anchor in self.anchors.items() if self._is_moved(anchor)]:
            del self.anchors[id]

    def _group(self, id: str) -> set[str]:
        """All that people made one with `id`."""
        group, waiting = {id}, [id]
        while waiting:
            more = self.tied.get(waiting.pop(), set()) - group
            group |= more
            waiting += more
        return group

    def _part(self, mine: set[str], theirs: set[str], seq: int) -> None:
        if mine & theirs:
            return
        for a in {self.anchors[id] for id in mine if id in self.anchors}:
            for b in {self.anchors[id] for id in theirs if id in self.anchors} - {a}:
                self.pairs.setdefault((min(a, b), max(a, b)), seq)
