"""The contract of an engine, once, for every engine."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import StoreFailed
from jivod.store.kv import KEY_MAX, Engine, Txn, prefix_end
from jivod.store.tables import CHATS, CUSTOMERS, JOURNAL, META, TABLES
from tests.store.engines import MAKERS, Subject

SHORT = st.binary(min_size=1, max_size=3)
ENDS = st.sampled_from([b"", b"\xff" * KEY_MAX, b"\xff" * (KEY_MAX + 1), b"a" * (KEY_MAX + 1)])
KEYS = SHORT | st.sampled_from([b"\xff" * KEY_MAX, b"a" * KEY_MAX])


class OopsError(Exception):
    pass


class Interrupted(BaseException):
    pass


def put(table: str, key: bytes, value: bytes) -> Any:
    return lambda txn: txn.put(table, key, value)


def append(table: str, key: bytes, value: bytes) -> Any:
    return lambda txn: txn.append(table, key, value)


def fails(engine: Engine, job: Any) -> Exception | None:
    (outcome,) = engine.write([job])
    return outcome.error


@given(prefix=st.binary(max_size=4), key=st.binary(max_size=6))
def test_prefix_end_bounds_exactly_the_keys_with_the_prefix(prefix: bytes, key: bytes) -> None:
    end = prefix_end(prefix)
    assert (prefix <= key and (end is None or key < end)) == key.startswith(prefix)


def test_what_was_put_is_there_in_a_later_transaction(engine: Engine) -> None:
    engine.write([put(CHATS, b"k", b"v")])
    assert engine.read(lambda txn: txn.get(CHATS, b"k")) == b"v"


def test_what_was_never_put_reads_as_none(engine: Engine) -> None:
    assert engine.read(lambda txn: txn.get(CHATS, b"k")) is None


def test_an_empty_value_is_not_an_absent_one(engine: Engine) -> None:
    engine.write([put(CHATS, b"k", b"")])
    assert engine.read(lambda txn: txn.get(CHATS, b"k")) == b""


def test_a_second_put_takes_the_place_of_the_first(engine: Engine) -> None:
    engine.write([put(CHATS, b"k", b"1"), put(CHATS, b"k", b"2")])
    assert engine.read(lambda txn: list(txn.range(CHATS))) == [(b"k", b"2")]


def test_tables_do_not_mix(engine: Engine) -> None:
    engine.write([put(CHATS, b"k", b"v")])
    assert engine.read(lambda txn: txn.get(CUSTOMERS, b"k")) is None


def test_deleting_takes_the_key_away_and_deleting_what_is_absent_is_no_error(engine: Engine) -> None:
    engine.write([put(CHATS, b"k", b"v")])
    outcomes = engine.write([lambda txn: txn.delete(CHATS, b"k"), lambda txn: txn.delete(CHATS, b"k")])
    assert [o.error for o in outcomes] == [None, None]
    assert engine.read(lambda txn: list(txn.range(CHATS))) == []


def test_a_job_sees_its_own_writes(engine: Engine) -> None:
    def job(txn: Txn) -> bytes | None:
        txn.put(CHATS, b"k", b"v")
        return txn.get(CHATS, b"k")

    assert [o.value for o in engine.write([job])] == [b"v"]


def test_a_job_sees_the_writes_of_the_jobs_before_it(engine: Engine) -> None:
    assert engine.write([put(CHATS, b"k", b"v"), lambda txn: txn.get(CHATS, b"k")])[1].value == b"v"


def test_a_failing_job_is_rolled_back_alone(engine: Engine) -> None:
    def job(txn: Txn) -> None:
        txn.put(CHATS, b"a", b"changed")
        txn.delete(CHATS, b"b")
        txn.put(CHATS, b"c", b"new")
        raise OopsError

    engine.write([put(CHATS, b"a", b"1"), put(CHATS, b"b", b"2")])
    outcomes = engine.write([put(CHATS, b"d", b"before"), job, put(CHATS, b"e", b"after")])
    assert isinstance(outcomes[1].error, OopsError)
    found = engine.read(lambda txn: list(txn.range(CHATS)))
    assert found == [(b"a", b"1"), (b"b", b"2"), (b"d", b"before"), (b"e", b"after")]


def test_no_jobs_make_no_outcomes(engine: Engine) -> None:
    assert engine.write([]) == []


def test_what_a_read_job_raises_passes_through(engine: Engine) -> None:
    def job(_: Txn) -> None:
        raise OopsError

    with pytest.raises(OopsError):
        engine.read(job)


def test_a_read_job_may_not_write(engine: Engine) -> None:
    for job in (put(CHATS, b"k", b"v"), append(CHATS, b"k", b"v"), lambda txn: txn.delete(CHATS, b"k")):
        with pytest.raises(RuntimeError, match="read job"):
            engine.read(job)
    assert engine.read(lambda txn: txn.get(CHATS, b"k")) is None


@pytest.mark.parametrize("length", [0, KEY_MAX + 1])
def test_a_key_of_a_wrong_length_is_the_error_of_its_job_alone(engine: Engine, length: int) -> None:
    key = b"k" * length
    writes = [put(CHATS, key, b""), append(CHATS, key, b"")]
    jobs: list[Any] = [*writes, lambda txn: txn.get(CHATS, key), lambda txn: txn.delete(CHATS, key)]
    outcomes = engine.write([*jobs, put(CHATS, b"neighbour", b"")])
    assert [type(o.error) for o in outcomes] == [*[ValueError] * 4, type(None)]
    assert engine.read(lambda txn: [k for k, _ in txn.range(CHATS)]) == [b"neighbour"]


def test_the_longest_key_is_kept(engine: Engine) -> None:
    engine.write([put(CHATS, b"k" * KEY_MAX, b"v")])
    assert engine.read(lambda txn: txn.get(CHATS, b"k" * KEY_MAX)) == b"v"


def test_an_unknown_table_is_the_error_of_its_job(engine: Engine) -> None:
    assert isinstance(fails(engine, put("nowhere", b"k", b"v")), KeyError)


def test_a_transaction_kept_beyond_its_job_is_refused(engine: Engine) -> None:
    def keep(txn: Txn) -> None:
        kept.append(txn)

    kept: list[Txn] = []
    engine.write([keep])
    engine.read(keep)
    for txn in kept:
        with pytest.raises(RuntimeError, match="over"):
            txn.get(CHATS, b"k")
        with pytest.raises(RuntimeError, match="over"):
            list(txn.range(CHATS))


def test_an_iterator_kept_beyond_its_job_is_refused(engine: Engine) -> None:
    def begin(txn: Txn) -> Any:
        found = txn.range(CHATS)
        next(found)
        return found

    engine.write([put(CHATS, b"a", b""), put(CHATS, b"b", b"")])
    for kept in (engine.read(begin), engine.write([begin])[0].value):
        with pytest.raises(RuntimeError, match="over"):
            next(kept)


def test_a_commit_that_fails_leaves_nothing_behind(subject: Subject) -> None:
    subject.engine.write([put(CHATS, b"a", b"1")])
    subject.break_commit()
    with pytest.raises(StoreFailed):
        subject.engine.write([put(CHATS, b"a", b"2"), put(CHATS, b"b", b"2")])
    assert subject.engine.read(lambda txn: list(txn.range(CHATS))) == [(b"a", b"1")]


def test_after_a_failed_commit_every_write_is_refused_at_once(subject: Subject) -> None:
    subject.break_commit()
    ran: list[Txn] = []
    with pytest.raises(StoreFailed):
        subject.engine.write([put(CHATS, b"a", b"1")])
    with pytest.raises(StoreFailed, match="restart"):
        subject.engine.write([ran.append])
    assert ran == []


def test_an_interruption_undoes_the_whole_write_and_passes_through(engine: Engine) -> None:
    def interrupted(_: Txn) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        engine.write([put(CHATS, b"k", b"v"), interrupted])
    engine.write([put(CHATS, b"later", b"v")])
    assert engine.read(lambda txn: list(txn.range(CHATS))) == [(b"later", b"v")]


def test_writes_from_several_threads_take_turns(engine: Engine) -> None:
    def count(txn: Txn) -> None:
        number = int(txn.get(CHATS, b"n") or b"0")
        txn.put(CHATS, b"n", str(number + 1).encode())

    threads = [threading.Thread(target=lambda: [engine.write([count]) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert engine.read(lambda txn: txn.get(CHATS, b"n")) == b"80"


def test_using_the_store_inside_a_write_job_is_never_seen_half_done(engine: Engine) -> None:
    def job(txn: Txn) -> Any:
        txn.put(CHATS, b"k", b"v")
        return engine.write([put(CHATS, b"inner", b"v")])

    with pytest.raises((RuntimeError, StoreFailed)):
        outcome = engine.write([job])[0]
        raise outcome.error or AssertionError("a transaction was opened inside another one")
    assert engine.read(lambda txn: list(txn.range(CHATS))) == []


def test_a_new_engine_holds_its_meta_records_and_nothing_else(engine: Engine) -> None:
    assert {t for t in TABLES if engine.read(lambda txn, t=t: list(txn.range(t)))} == {META}


def test_size_grows_with_what_is_kept(engine: Engine) -> None:
    before = engine.size()
    engine.write([put(JOURNAL, b"k", bytes(100_000))])
    after = engine.size()
    assert before.used < after.used <= after.mapped
    assert after.free_disk > 0


def test_no_dead_readers_are_found_where_nobody_died(engine: Engine) -> None:
    assert engine.reader_check() == 0


def test_closing_twice_is_no_error(engine: Engine) -> None:
    engine.close()
    engine.close()


def test_a_bound_may_be_one_byte_longer_than_the_longest_key(engine: Engine) -> None:
    a, b = b"a" * KEY_MAX, b"b" * KEY_MAX
    engine.write([put(CHATS, a, b""), put(CHATS, b, b"")])

    def found(lo: bytes, hi: bytes | None, *, reverse: bool) -> list[bytes]:
        return engine.read(lambda txn: [key for key, _ in txn.range(CHATS, lo, hi, reverse=reverse)])

    for reverse in (False, True):
        assert found(a + b"\0", None, reverse=reverse) == [b]
        assert found(b + b"\0", None, reverse=reverse) == []
        assert found(b"", a + b"\0", reverse=reverse) == [a]
        assert sorted(found(b"", b + b"\0", reverse=reverse)) == [a, b]


def test_nothing_is_below_the_empty_key(engine: Engine) -> None:
    engine.write([put(CHATS, b"k", b"")])
    for reverse in (False, True):
        assert engine.read(lambda txn, r=reverse: list(txn.range(CHATS, b"", b"", reverse=r))) == []


@given(
    maker=st.sampled_from(sorted(MAKERS)),
    rows=st.dictionaries(KEYS, st.binary(max_size=3)),
    lo=SHORT | ENDS,
    hi=st.none() | SHORT | ENDS,
    reverse=st.booleans(),
    limit=st.none() | st.integers(0, 5),
)
def test_a_range_is_what_sorting_and_filtering_gives(
    maker: str, rows: dict[bytes, bytes], lo: bytes, hi: bytes | None, reverse: bool, limit: int | None
) -> None:
    inside = sorted(((k, v) for k, v in rows.items() if lo <= k and (hi is None or k < hi)), reverse=reverse)
    with MAKERS[maker]() as subject:
        subject.engine.write([put(CHATS, key, value) for key, value in rows.items()])
        found = subject.engine.read(lambda txn: list(txn.range(CHATS, lo, hi, reverse=reverse, limit=limit)))
    assert found == inside[:limit]


@given(
    maker=st.sampled_from(sorted(MAKERS)),
    deeds=st.lists(st.tuples(st.sampled_from(["put", "append"]), KEYS, st.binary(max_size=3)), max_size=12),
)
def test_to_append_is_to_put_also_where_the_key_is_not_the_last(
    maker: str, deeds: list[tuple[str, bytes, bytes]]
) -> None:
    def job(txn: Txn) -> None:
        for verb, key, value in deeds:
            getattr(txn, verb)(CHATS, key, value)

    with MAKERS[maker]() as subject:
        assert fails(subject.engine, job) is None
        found = subject.engine.read(lambda txn: list(txn.range(CHATS)))
    assert found == sorted({key: value for _, key, value in deeds}.items())
