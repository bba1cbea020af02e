"""Sessions: against a plain dict with a clock, whatever is done in whatever order; and what a cookie may be."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jivod.flow import sessions, staff
from jivod.model.access import Role
from jivod.model.user import Session, Terms
from jivod.store import sessions as table
from jivod.store.kv import Job, T
from jivod.store.memory import MemoryEngine
from tests.store.world import findings

TERMS = Terms(idle=1000, absolute=5000)
NAMES = st.sampled_from(["a", "b", "c"])
NUMBERS = st.integers(0, 60)


class Machine(RuleBasedStateMachine):
    """`model`: digest -> [user, made, seen] of every session that is not over."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = MemoryEngine(bytes(32))
        self.now = 1_000_000
        self.model: dict[str, list[object]] = {}
        self.count = 0

    def do(self, job: Job[T]) -> T:
        (outcome,) = self.engine.write([job])
        if outcome.error is not None:
            raise outcome.error
        value: T = outcome.value
        return value

    @initialize()
    def staffed(self) -> None:
        for name in "abc":
            self.do(lambda txn, name=name: staff.add(txn, name, Role.AGENT, 1))  # type: ignore[misc]
        self.do(lambda txn: staff.add(txn, "boss", Role.ADMIN, 1))

    @rule(name=NAMES, times=st.sampled_from([1, 1, 3, 25]))
    def sign_in(self, name: str, times: int) -> None:
        for _ in range(times):
            self.count += 1
            digest = f"{self.count:064}"
            one = Session(digest=digest, user=name, made_at=self.now, seen_at=self.now)
            self.do(lambda txn, one=one: sessions.begin(txn, one, TERMS))  # type: ignore[misc]
            mine = sorted((seen, key) for key, (user, _, seen) in self.model.items() if user == name)
            for _, key in mine[: max(0, len(mine) - table.MOST + 1)]:
                del self.model[key]
            self.model[digest] = [name, self.now, self.now]

    @rule(pause=st.sampled_from([0, 1, 400, 999, 1000, 5000]))
    def time_passes(self, pause: int) -> None:
        self.now += pause
        self.model = {
            key: row
            for key, row in self.model.items()
            if self.now - row[2] < TERMS.idle and self.now - row[1] < TERMS.absolute  # type: ignore[operator]
        }

    @rule(number=NUMBERS)
    def use(self, number: int) -> None:
        digest = f"{number:064}"
        found = self.do(lambda txn: sessions.admit(txn, digest, TERMS, self.now))
        assert (found and found[0].name) == (self.model[digest][0] if digest in self.model else None)
        if found is not None:
            self.do(lambda txn: sessions.touch(txn, digest, self.now))
            self.model[digest][2] = self.now

    @rule(number=NUMBERS, name=NAMES)
    def sign_out(self, number: int, name: str) -> None:
        digest = f"{number:064}"
        self.do(lambda txn: sessions.end(txn, digest, name))
        if digest in self.model and self.model[digest][0] == name:
            del self.model[digest]

    @rule(name=NAMES, number=NUMBERS)
    def sign_out_elsewhere(self, name: str, number: int) -> None:
        digest = f"{number:064}"
        self.do(lambda txn: sessions.end_all(txn, name, but=digest))
        self.model = {key: row for key, row in self.model.items() if row[0] != name or key == digest}

    @rule(name=NAMES)
    def is_disabled_and_enabled(self, name: str) -> None:
        self.do(lambda txn: staff.disable(txn, name))
        self.model = {key: row for key, row in self.model.items() if row[0] != name}
        self.do(lambda txn: staff.enable(txn, name))

    @rule(name=NAMES, role=st.sampled_from(list(Role)))
    def gets_a_role(self, name: str, role: Role) -> None:
        was = self.do(lambda txn: staff.known(txn, name)).role
        self.do(lambda txn: staff.set_role(txn, name, role))
        if was is not role:
            self.model = {key: row for key, row in self.model.items() if row[0] != name}

    @rule(name=NAMES)
    def sets_a_password(self, name: str) -> None:
        self.do(lambda txn: staff.set_password(txn, staff.known(txn, name), "hash"))
        self.model = {key: row for key, row in self.model.items() if row[0] != name}

    @invariant()
    def they_are_those_of_the_model(self) -> None:
        for name in "abc":
            found = self.do(lambda txn, name=name: sessions.listed(txn, name, TERMS, self.now))  # type: ignore[misc]
            assert {one.digest for one in found} == {key for key, row in self.model.items() if row[0] == name}

    def teardown(self) -> None:
        assert findings(self.engine) == []


TestMachine = Machine.TestCase


def test_a_disabled_user_is_out_even_with_a_session_that_was_left() -> None:
    engine = MemoryEngine(bytes(32))
    one = Session(digest="0" * 64, user="a", made_at=1, seen_at=1)
    engine.write(
        [
            lambda txn: staff.add(txn, "a", Role.AGENT, 1),
            lambda txn: staff.disable(txn, "a"),
            lambda txn: sessions.begin(txn, one, TERMS),
        ]
    )
    assert engine.read(lambda txn: sessions.admit(txn, "0" * 64, TERMS, 2)) is None


def test_a_clock_that_goes_back_ends_nothing() -> None:
    one = Session(digest="0" * 64, user="a", made_at=10_000, seen_at=10_000)
    assert not TERMS.end(one, 0)


@pytest.mark.parametrize("cookie", ["", "a" * 42, "a" * 44, "a" * 42 + "=", "ı" * 43, "a" * 42 + "\n"])
def test_what_cannot_be_a_cookie_has_no_digest(cookie: str) -> None:
    assert sessions.digest_of(cookie) is None


def test_a_seal_tells_cookies_and_purposes_apart_and_not_the_cookie() -> None:
    seals = {sessions.seal(cookie, purpose) for cookie in ("a" * 43, "b" * 43) for purpose in ("csrf", "login")}
    assert len(seals) == 4
    assert not any(letter * 5 in seal for seal in seals for letter in "ab")
