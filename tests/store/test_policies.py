"""Policies: each is in force from its entry to the one before the next policy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import Damaged
from jivod.store import codec, keys, policies
from jivod.store.kv import Engine, Job
from jivod.store.tables import DERIVED, KEPT, POLICIES
from tests.store.engines import MAKERS
from tests.strategies import records

ADOPTED = st.lists(st.tuples(st.integers(1, 12), records.TEXTS), max_size=8)


def adopt(seq: int, text: str) -> Job[None]:
    return lambda txn: policies.adopt(txn, seq, text)


def at(engine: Engine, seq: int) -> str:
    return engine.read(lambda txn: policies.at(txn, seq))


def test_where_none_was_adopted_the_built_in_one_is_in_force(engine: Engine) -> None:
    assert at(engine, 1) == ""
    assert engine.read(policies.listed) == []


def test_a_policy_is_in_force_from_its_entry_on(engine: Engine) -> None:
    engine.write([adopt(3, "too_common = 4"), adopt(5, "")])
    assert [at(engine, seq) for seq in range(1, 7)] == ["", "", "too_common = 4", "too_common = 4", "", ""]
    assert engine.read(policies.listed) == [(3, "too_common = 4"), (5, "")]


def test_another_policy_before_the_next_entry_takes_the_place_of_the_last(engine: Engine) -> None:
    engine.write([adopt(3, "too_common = 4"), adopt(3, "too_common = 6")])
    assert engine.read(policies.listed) == [(3, "too_common = 6")]


def test_a_long_policy_with_lines_of_any_script_is_kept_letter_by_letter(engine: Engine) -> None:
    text = '# Kurallar: İ I ı i\n[[case]]\nname = "Ирина"\n' * 5000
    engine.write([adopt(1, text)])
    assert at(engine, 1) == text


def test_a_damaged_policy_is_not_passed_over_for_the_one_before(engine: Engine) -> None:
    engine.write([adopt(1, "too_common = 4"), lambda txn: txn.put(POLICIES, keys.up(2), b"rubbish")])
    assert at(engine, 1) == "too_common = 4"
    with pytest.raises(Damaged, match="policies"):
        at(engine, 2)


@pytest.mark.parametrize("plain", [None, 7, True, [], ["too_common = 4"], {}])
def test_what_is_no_text_is_no_policy(plain: object) -> None:
    with pytest.raises(Damaged, match="policies"):
        policies.decode(codec.encode(plain))


def test_a_rebuild_keeps_the_policies() -> None:
    assert POLICIES in KEPT
    assert POLICIES not in DERIVED


@given(maker=st.sampled_from(sorted(MAKERS)), adopted=ADOPTED)
def test_at_every_entry_the_last_one_adopted_before_or_there_is_in_force(
    maker: str, adopted: list[tuple[int, str]]
) -> None:
    model = dict(adopted)
    with MAKERS[maker]() as subject:
        subject.engine.write([adopt(seq, text) for seq, text in adopted])
        assert subject.engine.read(policies.listed) == sorted(model.items())
        for seq in range(14):
            before = [begin for begin in model if begin <= seq]
            assert at(subject.engine, seq) == (model[max(before)] if before else "")
