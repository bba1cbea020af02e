"""The audit log: a chain in which any change is found, that goes on after a crash, and of which several may write."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.audit import API, CHANGED, CLI, FOUND, MANY, MENDED, MISSED, READ, TRIMMED, Record, is_id, parts
from jivod.model.errors import Damaged, StoreFailed, StoreFull
from jivod.store import chain, logbook
from jivod.store.chain import Kept
from jivod.store.ledger import Ledger
from jivod.store.logbook import Wanted
from jivod.store.verdict import Head, Verdict, verify

NOVEMBER = 1_793_500_000_000
DECEMBER, JANUARY = NOVEMBER + 31 * 86_400_000, NOVEMBER + 62 * 86_400_000
ID = "01m3fz7k2c9q4x8w5t6v0abcde"


def record(number: int = 0, at: int = NOVEMBER, by: str = "shop", door: str = API, action: str = READ) -> Record:
    return Record(at=at, by=by, door=door, action=action, verb="customers_read", customers=(f"{number:026}",))


@contextmanager
def a_log(*records: Record) -> Iterator[tuple[Path, Ledger]]:
    with tempfile.TemporaryDirectory() as made:
        ledger = Ledger(Path(made) / "audit")
        for each in records:
            ledger.append([each])
        yield ledger.directory, ledger
        ledger.close()


def read(directory: Path, **wanted: Any) -> list[Kept]:
    return logbook.page(directory, Wanted(**wanted), 0, 10_000)[0]


def file_of(directory: Path) -> Path:
    (file,) = logbook.files(directory)
    return file.path


def is_clean(found: Verdict) -> bool:
    return not found.faults and not found.torn


RECORDS = st.builds(
    Record,
    at=st.integers(NOVEMBER, NOVEMBER + 10_000),
    by=st.text(max_size=300),
    door=st.sampled_from([API, CLI]),
    action=st.sampled_from([FOUND, READ, CHANGED]),
    verb=st.sampled_from(["", "show"]),
    customers=st.lists(st.text("0123456789abcdef", min_size=26, max_size=26), max_size=3).map(tuple),
    entries=st.lists(st.integers(1, 10**6), max_size=3).map(tuple),
    of=st.integers(0, 99),
    about=st.text(max_size=9),
)


@given(st.lists(RECORDS, min_size=1, max_size=9))
def test_what_was_taken_in_is_read_again(given: list[Record]) -> None:
    with a_log(*given) as (directory, _):
        first, *found = read(directory)
        assert [kept.number for kept in found] == list(range(2, 2 + len(given)))
        assert (first.record.action, first.record.proof) == ("continued", chain.START)
        for kept, was in zip(found, given, strict=True):
            (plain,) = parts(was)
            assert kept.record.customers == plain.customers == tuple(dict.fromkeys(was.customers))
            assert (kept.record.at, kept.record.entries, kept.record.of) == (was.at, was.entries, was.of)
            assert kept.record.by == was.by.encode("utf-8", "replace").decode()[:200]
        assert is_clean(verify(directory))
        assert verify(directory).head == Head(found[-1].number, found[-1].digest)


# Ways to change a log of lines; each gives another one.
def _drop(lines: list[bytes], i: int, j: int) -> list[bytes]:
    return lines[:i] + lines[i + 1 :]


def _swap(lines: list[bytes], i: int, j: int) -> list[bytes]:
    changed = [*lines]
    changed[i], changed[j] = changed[j], changed[i]
    return changed


def _insert(lines: list[bytes], i: int, j: int) -> list[bytes]:
    return [*lines[:i], lines[j], *lines[i:]]


def _edit(lines: list[bytes], i: int, j: int) -> list[bytes]:
    at = j * 31 % len(lines[i])
    return [*lines[:i], lines[i][:at] + bytes([lines[i][at] ^ 1 << j % 8]) + lines[i][at + 1 :], *lines[i + 1 :]]


def _forge(lines: list[bytes], i: int, j: int) -> list[bytes]:
    """A record that is right in itself, in the place of another."""
    before = chain.START if i == 0 else chain.read(lines[i - 1]).digest
    line, _ = chain.write(before, i + 1, record(j, by="nobody"))
    return [*lines[:i], line, *lines[i + 1 :]]


def _cut_between(lines: list[bytes], i: int, j: int) -> list[bytes]:
    low, high = sorted((i, j))
    return lines[:low] + lines[high:]


@given(
    st.lists(RECORDS, min_size=2, max_size=8),
    st.sampled_from([_drop, _swap, _insert, _edit, _forge, _cut_between]),
    st.integers(0, 1000),
    st.integers(0, 1000),
)
def test_any_change_is_found(given: list[Record], change: Callable[..., list[bytes]], i: int, j: int) -> None:
    with a_log(*given) as (directory, _):
        head, file = verify(directory).head, file_of(directory)
        before = file.read_bytes()
        lines = before.splitlines(keepends=True)
        after = b"".join(change(lines, i % len(lines), j % len(lines)))
        file.write_bytes(after)
        found = verify(directory)
        is_last = change is _forge and i % len(lines) == len(lines) - 1  # as good as cutting the end
        if after == before:
            assert is_clean(found)
        elif not before.startswith(after) and not is_last:  # else the noted head alone can tell
            assert not is_clean(found)
        if after != before:
            assert verify(directory, head).faults or found.torn


def test_the_first_bad_line_is_named() -> None:
    with a_log(*[record(n) for n in range(9)]) as (directory, _):
        file = file_of(directory)
        file.write_bytes(file.read_bytes().replace(f"{4:026}".encode(), f"{5:026}".encode(), 1))
        (fault,) = verify(directory).faults
        assert str(fault) == f"{file.name} line 6: record 6 is not what was written behind the one before it"


def test_a_log_made_anew_as_a_whole_is_found_by_a_noted_head() -> None:
    with a_log(record(1), record(2)) as (directory, _), a_log(record(1), record(3)) as (forged, _):
        head = verify(directory).head
        assert is_clean(verify(forged))
        (fault,) = verify(forged, head).faults
        assert "is not the one whose digest was noted" in fault.what


def test_a_record_that_lacks_but_its_end_is_cut_off_like_any_other() -> None:
    with a_log(record(1)) as (directory, ledger):
        file = file_of(directory)
        ledger.append([record(2)])
        os.truncate(file, file.stat().st_size - 1)
        ledger.close()
        Ledger(directory).append([record(7)])
        assert not verify(directory).faults
        assert read(directory)[-1].record == record(7)


@given(st.lists(RECORDS, min_size=1, max_size=4), st.lists(RECORDS, min_size=1, max_size=3), st.integers(0, 2000))
def test_a_crash_at_any_byte_leaves_a_log_that_goes_on(done: list[Record], more: list[Record], cut: int) -> None:
    with a_log(*done) as (directory, ledger):
        kept, file = read(directory), file_of(directory)
        size = file.stat().st_size
        ledger.append(more)
        os.truncate(file, size + cut % (file.stat().st_size - size + 1))
        ledger.close()
        assert not verify(directory).faults
        Ledger(directory).append([record(7)])
        found, verdict = read(directory), verify(directory)
        assert found[: len(kept)] == kept
        assert found[-1].record == record(7)
        assert not verdict.faults
        assert [fault.what for fault in verdict.torn] == [
            "a write was cut off here, and the log went on behind it" for kept in found if kept.record.action == MENDED
        ]


def test_a_piece_may_be_cut_off_twice() -> None:
    with a_log(record(1)) as (directory, ledger):
        with file_of(directory).open("ab") as file:
            file.write(b'{"digest":"00')
        Ledger(directory).append([record(2)])
        with file_of(directory).open("ab") as file:
            file.write(b"\0\0\0\0")
        ledger.append([record(3)])
        assert (len(verify(directory).torn), verify(directory).faults) == (2, [])


def test_what_was_left_of_a_line_cannot_be_changed_later() -> None:
    with a_log(record(1)) as (directory, _):
        with file_of(directory).open("ab") as file:
            file.write(b'{"digest":"00')
        Ledger(directory).append([record(2)])
        file_of(directory).write_bytes(file_of(directory).read_bytes().replace(b'"00...', b'"01...'))
        assert [fault.what for fault in verify(directory).faults] == ["this is no record of the log"]


def test_each_month_has_its_file_and_the_chain_goes_on() -> None:
    with a_log(record(1), record(2, DECEMBER), record(3, DECEMBER), record(4, JANUARY)) as (directory, _):
        assert [file.path.name[-11:-4] for file in logbook.files(directory)] == ["2026-11", "2026-12", "2027-01"]
        assert [kept.number for kept in read(directory)] == [1, 2, 3, 4, 5, 6, 7]
        assert is_clean(verify(directory))
        assert [kept.number for kept in logbook.page(directory, Wanted(), 4, 2)[0]] == [5, 6]
        logbook.files(directory)[1].path.unlink()
        assert [fault.what for fault in verify(directory).faults]


def test_what_is_too_old_goes_and_that_is_on_record() -> None:
    with a_log(record(1), record(2, DECEMBER), record(3, JANUARY)) as (directory, ledger):
        assert ledger.trim(JANUARY, 2) == 0
        head = verify(directory).head
        assert ledger.trim(JANUARY, 1) == 1
        assert is_clean(verify(directory, head))
        assert (verify(directory).first, read(directory)[-1].record.action) == (3, TRIMMED)
        (fault,) = verify(directory, Head(1, "0" * 64)).faults
        assert fault.what == "record 1 was too old to be kept: verify with a later head"
        logbook.files(directory)[0].path.unlink()  # by somebody else
        assert "records 1 to 4 are gone" in verify(directory).faults[0].what


def test_the_newest_file_stays() -> None:
    with a_log(record(1)) as (directory, ledger):
        assert ledger.trim(NOVEMBER + 10**11, 1) == 0
        assert len(logbook.files(directory)) == 1


def test_many_customers_are_several_records() -> None:
    with a_log() as (directory, ledger):
        many = tuple(f"{n:026}" for n in range(2 * MANY + 1))
        ledger.append([Record(at=NOVEMBER, by="me", door=CLI, action=FOUND, customers=many)])
        found = read(directory)[1:]
        assert [len(kept.record.customers) for kept in found] == [MANY, MANY, 1]
        assert tuple(id for kept in found for id in kept.record.customers) == many
        assert max(map(len, file_of(directory).read_bytes().splitlines())) < chain.LINE_MAX


def _write_some(directory: Path, by: str) -> None:
    ledger = Ledger(directory)
    for number in range(60):
        ledger.append([record(number, by=by)] * (1 + number % 2), flush=number % 20 == 0)


def test_several_processes_and_threads_keep_one_chain() -> None:
    with a_log() as (directory, ledger):
        fork = multiprocessing.get_context("fork")
        processes = [fork.Process(target=_write_some, args=(directory, f"p{n}")) for n in range(3)]
        threads = [Thread(target=lambda: [ledger.append([record(by="t")]) for _ in range(60)]) for _ in range(2)]
        for each in (*processes, *threads):
            each.start()
        for each in (*processes, *threads):
            each.join(20)
        assert is_clean(verify(directory))
        counts = [len(read(directory, by=by)) for by in ("p0", "p1", "p2", "t")]
        assert counts == [90, 90, 90, 120]


def test_a_page_is_found_far_behind_and_short_where_much_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logbook, "WINDOW", 500)
    monkeypatch.setattr(logbook, "PAGE_BYTES", 2000)
    with a_log(*[record(n) for n in range(100)]) as (directory, _):
        for after in (0, 1, 50, 98, 99, 100):
            numbers = [kept.number for kept in logbook.page(directory, Wanted(), after, 3)[0]]
            assert numbers == [n for n in range(after + 1, after + 4) if n <= 101]
        assert logbook.page(directory, Wanted(), 101, 3) == ([], None)
        found, place = [], 0
        turns = 0
        while place is not None:
            part, place = logbook.page(directory, Wanted(of=f"{77:026}"), place, 3)
            found, turns = found + part, turns + 1
        assert ([kept.number for kept in found], turns > 5) == ([79], True)


def test_who_and_since_when() -> None:
    with a_log(record(1, by="a"), record(2, NOVEMBER + 5, by="b"), record(3, DECEMBER, by="b")) as (directory, _):
        (kept,) = read(directory, by="b", since=NOVEMBER + 6)
        assert kept.record == record(3, DECEMBER, by="b")
        assert (logbook.start_of(directory, DECEMBER), logbook.start_of(directory, NOVEMBER)) == (0, 0)
        assert logbook.start_of(directory, JANUARY) == 3


class Disk:
    """Of what is written, so many bytes fit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room, self._write = room, os.write
        monkeypatch.setattr(os, "write", self.write)

    def write(self, descriptor: int, data: bytes) -> int:
        if self.room == 0:
            raise OSError(28, "No space left on device")
        some = self._write(descriptor, data[: self.room])
        self.room -= some
        return some


@pytest.mark.parametrize("room", [0, 1, 100])
def test_a_full_disk(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    with a_log(record(1)) as (directory, ledger):
        before = file_of(directory).read_bytes()
        disk = Disk(monkeypatch, room)
        with pytest.raises(StoreFull, match="free some space"):
            ledger.append([record(2)], flush=True)
        assert file_of(directory).read_bytes() == before
        disk.room = 0
        assert all(isinstance(ledger.note(record(3)), StoreFull) for _ in range(2))
        disk.room = 10**6
        assert ledger.note(record(4)) is None
        *_, missed, last = read(directory)
        assert (missed.record.action, missed.record.count, last.record) == (MISSED, 2, record(4))
        assert is_clean(verify(directory))


def test_a_full_disk_where_nothing_may_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    with a_log(record(1)) as (directory, ledger):
        monkeypatch.setattr(os, "ftruncate", forbidden)
        disk = Disk(monkeypatch, 100)
        for room in (100, 150, 3):
            disk.room = room
            with pytest.raises(StoreFull):
                ledger.append([record(2)])
        disk.room = 10**6
        ledger.append([record(3)])
        assert (len(verify(directory).torn), verify(directory).faults) == (1, [])


def test_files_that_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("")
    with pytest.raises(StoreFailed, match="cannot be written"):
        Ledger(tmp_path / "audit").append([record(1)])


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    with a_log(record(1)) as (directory, _):
        file = file_of(directory)
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(Damaged, match="cannot be read"):
            Ledger(directory).append([record(1)])
        with pytest.raises(Damaged, match="cannot be read"):
            read(directory)
        assert "cannot be read" in verify(directory).faults[0].what


def test_what_is_cut_while_somebody_writes_leaves_a_gap() -> None:
    with a_log(*[record(n) for n in range(4)]) as (directory, ledger):
        lines = file_of(directory).read_bytes().splitlines(keepends=True)
        file_of(directory).write_bytes(b"".join(lines[:-1]))
        ledger.append([record(5)])
        assert [fault.what for fault in verify(directory).faults] == ["records 5 to 5 are gone"]


def test_a_directory_that_is_taken_away_while_somebody_writes() -> None:
    with a_log(record(1)) as (directory, ledger):
        directory.rename(directory.with_name("elsewhere"))
        ledger.append([record(5)])
        assert [fault.what[:21] for fault in verify(directory).faults] == ["records 1 to 2 are go"]
        assert is_clean(verify(directory.with_name("elsewhere")))


def test_garbage_without_end_is_told_of() -> None:
    with a_log(record(1)) as (directory, _):
        with file_of(directory).open("ab") as file:
            file.truncate(logbook.TAIL_MAX * 2)
        with pytest.raises(Damaged, match="move the file aside"):
            Ledger(directory).append([record(1)])
        assert verify(directory).faults == []
        assert len(verify(directory).torn) == 1


def test_no_log_at_all(tmp_path: Path) -> None:
    assert (verify(tmp_path / "audit").records, read(tmp_path / "audit")) == (0, [])
    assert verify(tmp_path / "audit", Head(3, "0" * 64)).faults


@pytest.mark.parametrize(
    ("text", "can_be"),
    [(ID, True), ("ayse@example.com", False), ("905320000001", False), ("x" * 26, True), ("", False)],
)
def test_what_can_be_an_id(text: str, can_be: bool) -> None:
    assert is_id(text) is can_be


def test_words_that_are_not_of_the_list_are_not_written() -> None:
    with a_log() as (_, ledger), pytest.raises(ValueError, match="words of the list"):
        ledger.append([record(action="looked")])
