"""Users and sessions: what is put is found; a rebuild keeps both, a backup the users alone."""

from __future__ import annotations

import pytest
from attrs import evolve

from jivod.model.access import Role
from jivod.model.errors import Damaged
from jivod.model.user import Session, User
from jivod.store import codec, sessions, users
from jivod.store.kv import Engine
from jivod.store.tables import DERIVED, KEPT, LASTING, PASSING, SESSIONS, SESSIONS_BY_USER, USERS
from tests.store.world import findings

OWNER = User(
    name="owner", role=Role.ADMIN, created_at=7, password="$argon2id$...", link="ab" * 32, link_until=9,
    disabled=True, language="tr", zone="Europe/Istanbul",
)  # fmt: skip
HERE = Session(digest="0" * 64, user="owner", made_at=1, seen_at=2, agent="Firefox, Linux", address="198.51.100.7")


def test_a_user_is_found_by_his_name(engine: Engine) -> None:
    assert engine.read(users.any_there) is False
    engine.write([lambda txn: users.put(txn, OWNER)])
    assert engine.read(lambda txn: (users.get(txn, "owner"), users.listed(txn), users.any_there(txn))) == (
        OWNER,
        [OWNER],
        True,
    )
    assert engine.read(lambda txn: users.get(txn, "Owner")) is None


def test_a_session_is_found_by_its_digest_and_its_user_until_it_is_removed(engine: Engine) -> None:
    there = evolve(HERE, digest="1" * 64, seen_at=9)
    others = evolve(HERE, digest="2" * 64, user="owner2")
    engine.write([lambda txn, one=one: sessions.put(txn, one) for one in (HERE, there, others)])
    assert engine.read(lambda txn: sessions.of_user(txn, "owner")) == [there, HERE]
    assert engine.read(lambda txn: sessions.get(txn, "2" * 64)) == others
    engine.write([lambda txn: sessions.remove(txn, there)])
    assert engine.read(lambda txn: sessions.of_user(txn, "owner")) == [HERE]
    assert findings(engine) == []


def test_who_lives_on() -> None:
    assert USERS in KEPT
    assert {SESSIONS, SESSIONS_BY_USER} == {*PASSING}
    assert not {*PASSING} & {*LASTING} and USERS not in DERIVED


@pytest.mark.parametrize(
    "plain",
    [None, [], ["a"], ["a", "root", 1, "", "", 0, False, None, None], ["a", "agent", 1, "", "", 0, 0, None, None]],
)
def test_a_record_that_is_no_user_is_damage(plain: object) -> None:
    with pytest.raises(Damaged, match="users"):
        users.decode(codec.encode(plain))


@pytest.mark.parametrize("plain", [None, [], ["zz" * 32, "a", 1, 1, "", ""], ["ab", "a", 1, 1, "", ""]])
def test_a_record_that_is_no_session_is_damage(plain: object) -> None:
    with pytest.raises(Damaged, match="sessions"):
        sessions.decode(codec.encode(plain))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("other", Role)
def test_a_role_covers_those_before_it(role: Role, other: Role) -> None:
    order = ["agent", "steward", "admin"]
    assert role.covers(other) == (order.index(role) >= order.index(other))
