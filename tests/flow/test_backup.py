"""A backup unpacked is the store; with tails it is the store of now; cut off, it is the fold of what is left."""

from __future__ import annotations

from io import BytesIO

import pytest
from attrs import asdict, define, field
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import backup, regime, replay
from jivod.model.errors import Refused, Unreadable
from jivod.policy.rules import DEFAULT
from jivod.store import archive, check, former, journal, keys, meta, quarantine
from jivod.store.kv import Engine
from jivod.store.manifest import BACKUP, TAIL, Manifest
from jivod.store.memory import MemoryEngine
from jivod.store.retention import looked
from jivod.store.standing import agrees, standing
from jivod.store.tables import DERIVED, FORMER, JOURNAL, POLICIES, REPEATS, TABLES
from tests.flow.office import Office
from tests.flow.retained import LATER, emptied, retain
from tests.flow.told import HOUR, policies, streams, tell, under
from tests.flow.world import ORIGIN, START, World, accepted
from tests.policy import drawn

SECRETS = {"shop.secret": b"abc\n"}
NO_END = 1 << 62


@define(eq=False)
class Safe:
    """Backups of a world, as files would be."""

    world: World
    files: list[tuple[BytesIO, Manifest]] = field(factory=list)

    @property
    def last(self) -> Manifest:
        return self.files[-1][1]

    def backup(self) -> None:
        file = BytesIO()
        writer = archive.Writer(file)
        backup.pack(self.world.engine, SECRETS, writer, lambda count: None)
        self.files = [(file, writer.finish(self._manifest(BACKUP)))]

    def tail(self) -> None:
        self.world.ask(lambda txn: backup.demand_continued(txn, self.last))
        file, before = BytesIO(), self.last
        writer = archive.Writer(file)
        self.world.ask(lambda txn: backup.pack_tail(txn, SECRETS, writer, before))
        made = self._manifest(TAIL, since=before.last, follows=before.checksum)
        self.files.append((file, writer.finish(made)))

    def unpacked(self, until: int = NO_END) -> MemoryEngine:
        """The files in a new store."""
        engine = MemoryEngine(bytes(32))
        for file, manifest in self.files:
            if manifest.since >= until:
                break
            pages = archive.pages(file, manifest, "it")
            if manifest.kind == BACKUP:
                assert backup.unpack(engine, pages, _step) == SECRETS
            else:
                assert backup.unpack_tail(engine, pages, until, _step) == SECRETS
            if until >= manifest.last:
                assert agrees(engine.read(standing), manifest)
        return engine

    def _manifest(self, kind: str, since: int = 0, follows: str = "") -> Manifest:
        return Manifest(
            kind=kind, version="1", made_at=START, since=since, follows=follows, **asdict(self.world.ask(standing))
        )


def _step(done: int) -> None:
    assert done > 0


def rows(engine: Engine, *tables: str) -> dict[str, list[tuple[bytes, bytes]]]:
    return engine.read(lambda txn: {table: list(txn.range(table)) for table in tables or TABLES})


def astray(world: World, number: int) -> None:
    world.do(
        lambda txn: quarantine.add(
            txn, received_at=START + number, origin=ORIGIN, code=Unreadable.code, message="?", body=b"%d" % number
        )
    )


def live(data: st.DataObject, safe: Safe, office: Office, longest: int) -> None:
    """Some time of a store: events, repeats, decisions, other policies, bodies that go astray and are dropped."""
    world, told = safe.world, []
    for event in data.draw(streams(longest=longest)):
        tell(world, event)
        told.append(event)
        match data.draw(st.integers(0, 9)):
            case 0 | 1:
                office.decide()
            case 2:
                tell(world, data.draw(st.sampled_from(told)))
            case 3:
                astray(world, len(told))
            case 4:
                held = world.ask(lambda txn: quarantine.listed(txn, 100))
                for item in held[:1]:
                    world.do(lambda txn, n=item.number: quarantine.remove(txn, n))  # type: ignore[misc]
            case 5:
                world.adopt(drawn.written(data.draw(policies())))


@given(st.data())
def test_a_backup_unpacked_is_the_store_byte_for_byte(data: st.DataObject) -> None:
    safe = Safe(under(data.draw(policies())))
    live(data, safe, Office(world=safe.world, data=data), 15)
    safe.backup()
    assert rows(safe.unpacked()) == rows(safe.world.engine)


@given(st.data())
def test_with_its_tails_it_is_the_store_of_now(data: st.DataObject) -> None:
    safe = Safe(under(data.draw(policies())))
    office = Office(world=safe.world, data=data)
    live(data, safe, office, 10)
    safe.backup()
    for _ in range(data.draw(st.integers(1, 3))):
        live(data, safe, office, 6)
        if data.draw(st.booleans()):
            retain(safe.world, safe.world.clock - data.draw(st.integers(0, 6)) * HOUR)
        safe.tail()
    assert rows(safe.unpacked()) == rows(safe.world.engine)


@given(st.data())
def test_cut_off_at_any_entry_it_is_the_fold_of_what_is_left(data: st.DataObject) -> None:
    safe = Safe(under(data.draw(policies())))
    office = Office(world=safe.world, data=data)
    live(data, safe, office, 8)
    if data.draw(st.booleans()):
        decided_anew(safe.world, drawn.written(data.draw(policies())))
    safe.backup()
    live(data, safe, office, 8)
    safe.tail()
    until = data.draw(st.integers(1, max(1, safe.last.last)))
    engine = safe.unpacked(until)
    if until < safe.files[0][1].last:
        backup.cut(engine, until)
    assert engine.read(journal.last) == min(until, safe.last.last)
    begins = engine.read(regime.past).begins
    folded = MemoryEngine(bytes(32))
    replay.prepare(engine, folded)
    replay.rebuild(engine, folded, lambda done, of: None)
    assert rows(folded, JOURNAL)[JOURNAL] == [
        row for row in rows(safe.world.engine)[JOURNAL] if keys.unpack_int(row[0]) <= until
    ]
    assert all(begin <= until + (until in (file[1].last for file in safe.files)) for begin in begins)
    if until >= safe.files[0][1].last:
        assert rows(engine, *DERIVED) == rows(folded, *DERIVED)
    for table in (REPEATS, FORMER):
        folded.write([lambda txn, t=table: [txn.put(t, k, v) for k, v in rows(engine, t)[t]]])  # type: ignore[misc]
    assert [f for f in folded.read(lambda txn: list(check.check(txn))) if f.table != "meta"] == []


def decided_anew(world: World, policy: str) -> None:
    """As `jivod rebuild --policy` does it."""
    other = world.rebuilt(policy)
    world.engine, world.desk = other.engine, other.desk


@pytest.fixture
def safe() -> Safe:
    safe = Safe(under(DEFAULT))
    for chat in range(1, 4):
        safe.world.tell(accepted(chat, number=chat, email=f"a{chat}@example.com"))
    safe.backup()
    return safe


def test_a_tail_has_what_was_emptied(safe: Safe) -> None:
    astray(safe.world, 1)
    safe.backup()
    safe.world.do(lambda txn: quarantine.remove(txn, 1))
    safe.tail()
    assert rows(safe.unpacked()) == rows(safe.world.engine)


@pytest.mark.parametrize("until", [4, NO_END])
def test_a_policy_that_is_to_decide_the_next_entry_belongs_to_the_last_one(safe: Safe, until: int) -> None:
    safe.world.tell(accepted(4, number=4))
    safe.world.adopt('[identity]\non_conflict = "merge"\n')
    safe.tail()
    assert rows(safe.unpacked(until)) == rows(safe.world.engine)


def test_a_tail_does_not_carry_again_what_lies_in_quarantine(safe: Safe) -> None:
    astray(safe.world, 1)
    safe.backup()
    astray(safe.world, 2)
    safe.tail()
    file, manifest = safe.files[-1]
    (found,) = [page for table, page in archive.pages(file, manifest, "it") if table == "quarantine"]
    assert [bool(value) for _, value in found] == [False, True]
    assert rows(safe.unpacked()) == rows(safe.world.engine)


def test_nothing_new_is_told(safe: Safe) -> None:
    assert safe.world.ask(lambda txn: backup.is_told(txn, safe.last))
    safe.world.tell(accepted(1, number=1, email="a1@example.com"))  # a repeat
    assert not safe.world.ask(lambda txn: backup.is_told(txn, safe.last))


def test_the_tail_of_another_store_is_refused(safe: Safe) -> None:
    safe.world.do(lambda txn: meta.set_value(txn, "id_key", bytes(range(32)).hex()))
    with pytest.raises(Refused, match="of another store"):
        safe.tail()


def test_no_tail_follows_where_the_store_went_another_way(safe: Safe) -> None:
    other = Safe(under(DEFAULT), safe.files)
    with pytest.raises(Refused, match="another way"):
        other.tail()  # shorter
    for chat in range(1, 6):
        other.world.tell(accepted(chat, number=chat, email=f"b{chat}@example.com"))
    with pytest.raises(Refused, match="another way"):
        other.tail()  # as long, and different


def test_no_tail_follows_a_rebuild_under_another_policy(safe: Safe) -> None:
    decided_anew(safe.world, '[identity]\non_conflict = "merge"\n')
    with pytest.raises(Refused, match="another policy"):
        safe.tail()


def test_no_tail_follows_an_upgrade(safe: Safe) -> None:
    safe.world.do(lambda txn: meta.set_schema(txn, 2))
    with pytest.raises(Refused, match="upgraded"):
        safe.tail()


def test_the_end_of_a_moment_is_before_the_first_entry_that_came_later(safe: Safe) -> None:
    file, manifest = safe.files[0]
    times = [safe.world.ask(lambda txn, n=n: journal.get(txn, n)).received_at for n in (1, 2, 3)]  # type: ignore[misc,union-attr]

    def end(moment: int) -> int | None:
        return backup.end_of(archive.pages(file, manifest, "it"), moment)

    assert [end(times[0] - 1), end(times[0]), end(times[1]), end(times[2] - 1), end(times[2])] == [0, 1, 2, 2, None]


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_newer_entries_are_those_behind_the_last_common_one(common: int, here: int, there: int) -> None:
    present, restored = World(), World()
    for number in range(common):
        for world in (present, restored):
            world.tell(accepted(number, number=1), at=START + number)
    for number in range(here):
        present.tell(accepted(100 + number, number=2), at=START)
    for number in range(there):
        restored.tell(accepted(200 + number, number=3), at=START)
    assert backup.newer(present.engine, restored.engine) == here


def test_content_that_went_since_goes_again_but_not_where_the_tail_is_cut_off_before(safe: Safe) -> None:
    assert retain(safe.world, LATER) == 3
    safe.tail()
    assert rows(safe.unpacked()) == rows(safe.world.engine)
    before = World(engine=safe.unpacked(3))
    assert emptied(before) == []
    assert before.ask(looked) == 0  # else it would never go
    assert backup.newer(safe.world.engine, before.engine) == 1


def test_a_tail_follows_though_the_last_entry_lost_its_content(safe: Safe) -> None:
    retain(safe.world, LATER)
    safe.world.tell(accepted(9, number=9))
    safe.tail()
    assert rows(safe.unpacked()) == rows(safe.world.engine)


def test_what_is_cut_off_is_forgotten_with_all_that_hangs_on_it(safe: Safe) -> None:
    world = safe.world
    world.tell(accepted(3, number=3, email="a3@example.com"))  # a repeat of entry 3
    world.do(lambda txn: former.put(txn, "01m32585c0w913me4jdrbwq6wx", 3))
    world.adopt('[identity]\non_conflict = "merge"\n')
    world.do(lambda txn: meta.set_value(txn, "foreign_decisions", 3))
    backup.cut(world.engine, 2)
    kept = rows(world.engine, JOURNAL, REPEATS, FORMER, POLICIES)
    assert [len(kept[table]) for table in (JOURNAL, REPEATS, FORMER)] == [2, 0, 0]
    assert kept[POLICIES] == rows(safe.unpacked(), POLICIES)[POLICIES]
    assert world.ask(regime.past).foreign == 2
