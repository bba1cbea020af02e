"""Foresight: what people decided while another policy was in force, known while the journal is folded anew.

The policy of now may put two people into one record before the decision comes that they are two, and then nobody could
tell their entries apart. So the entries that stand for them are kept in different records from the beginning. Where
they came in they were in different records already: under the same policy nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import define, evolve, field

from jivod.flow.attribution import Attribution, attribute
from jivod.flow.case import Case, open_case
from jivod.flow.people import People
from jivod.flow.reading import read
from jivod.model.decision import Detach, Different, Merge, Unmerge
from jivod.model.entry import EVENT, Entry
from jivod.model.value import frozen
from jivod.policy.rules import Rules
from jivod.store import reasons
from jivod.store.kv import Txn
from jivod.wire import decision as wire

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
    """What holds for the entries up to `last`.

    `person_of` numbers the people whom an entry stands for, `entries_of` has these entries by that number, `strangers`
    tells who is different from whom. `bonds` are by their decision; `decided` has the decisions about each entry.
    """

    last: int = 0
    person_of: Mapping[int, int] = {}
    entries_of: tuple[frozenset[int], ...] = ()
    strangers: Mapping[int, frozenset[int]] = {}
    bonds: Mapping[int, Bond] = {}
    decided: Mapping[int, tuple[int, ...]] = {}

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
        """Whether the event's home would make one, by what it holds and by what people merge, of who is different."""
        if found.home is None or found.is_new:
            return False
        mine = {self.person_of[entry] for entry in (seq, *found.waiting) if entry in self.person_of}
        if not mine:
            return False
        theirs = self._one_with(txn, self._held_by(txn, found.home.id))
        return any(self.strangers.get(person, frozenset()) & theirs for person in self._one_with(txn, mine))

    def _one_with(self, txn: Txn, persons: set[int]) -> set[int]:
        """Those people, and whoever has an entry in a record that one of them has an entry in; and so on."""
        every, waiting = set(persons), list(persons)
        while waiting:
            told = [reasons.get(txn, seq) for seq in self.entries_of[waiting.pop()]]
            for record in {reason.customer for reason in told if reason is not None and reason.customer is not None}:
                more = self._held_by(txn, record) - every
                every |= more
                waiting += more
        return every

    def _held_by(self, txn: Txn, record: str) -> set[int]:
        return {self.person_of[seq] for seq in reasons.numbers(txn, record) if seq in self.person_of}


def foresee(decisions: Iterable[Entry], entry_of: Callable[[int], Entry | None], last: int) -> Foresight:
    """What the decisions up to entry `last`, in the order of the journal, tell those who fold it. `entry_of` gives an
    entry by its number.
    """
    scan = _Scan(entry_of)
    for entry in decisions:
        scan.read(entry)
    return scan.foresight(last)


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
    decided: dict[int, list[int]] = field(factory=dict)
    _detached: list[tuple[int, int]] = field(factory=list)
    _conversations: dict[int, object] = field(factory=dict)

    def read(self, entry: Entry) -> None:
        found = wire.read(entry.body)
        for id, seq in found.anchors.items():
            self.anchors[id] = seq
            self.decided.setdefault(seq, []).append(entry.seq)
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

    def foresight(self, last: int) -> Foresight:
        """What all decisions together come to."""
        person_of_id: dict[str, int] = {}
        entries_of: list[frozenset[int]] = []
        for id in self.anchors:
            if id not in person_of_id:
                group = self._group(id)
                person_of_id |= dict.fromkeys(group, len(entries_of))
                entries_of.append(frozenset([self.anchors[one] for one in group if one in self.anchors]))
        person_of = {self.anchors[id]: person for id, person in person_of_id.items() if id in self.anchors}
        pairs = [(person_of_id.get(a), person_of_id.get(b)) for a, others in self.different.items() for b in others]
        for going, home in self._detached:
            if going not in person_of:
                person_of[going] = len(entries_of)
                entries_of.append(frozenset({going}))
            pairs.append((person_of[going], person_of.get(home)))
        strangers: dict[int, set[int]] = {}
        for one, other in pairs:
            if one is not None and other is not None and one != other:
                strangers.setdefault(one, set()).add(other)
                strangers.setdefault(other, set()).add(one)
        return Foresight(
            last=last,
            person_of=person_of,
            entries_of=tuple(entries_of),
            strangers={person: frozenset(others) for person, others in strangers.items()},
            bonds={bond.seq: bond for bond in self.bonds},
            decided={seq: tuple(found) for seq, found in self.decided.items()},
        )

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
        case = open_case(entry, read(entry).event)
        return (case.account, case.ref) if case.ref else seq

    def _group(self, id: str) -> set[str]:
        """All that people made one with `id`."""
        group, waiting = {id}, [id]
        while waiting:
            more = self.tied.get(waiting.pop(), set()) - group
            group |= more
            waiting += more
        return group
