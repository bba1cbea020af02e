"""Staff: the first one, links that work once and for a day, devices that a new password makes strangers."""

from __future__ import annotations

import pytest

from jivod.flow import devices, staff
from jivod.flow.staff import LINK_FOR
from jivod.model.access import Role
from jivod.model.errors import Refused
from jivod.model.user import User
from jivod.store import users
from jivod.store.kv import Job, T
from jivod.store.memory import MemoryEngine

LINK, OTHER = "a" * 43, "b" * 43


class Office:
    def __init__(self) -> None:
        self.engine = MemoryEngine(bytes(32))

    def do(self, job: Job[T]) -> T:
        (outcome,) = self.engine.write([job])
        if outcome.error is not None:
            raise outcome.error
        value: T = outcome.value
        return value

    def add(self, name: str = "a", role: Role = Role.AGENT) -> User:
        return self.do(lambda txn: staff.add(txn, name, role, 1))

    def link(self, link: str = LINK, at: int = 0) -> User:
        return self.do(lambda txn: staff.give_link(txn, "a", link, at))

    def use(self, link: str = LINK, at: int = 0) -> User:
        return self.do(lambda txn: staff.use_link(txn, link, "hash", at))


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_link_sets_the_password_once(office: Office) -> None:
    office.add()
    office.link()
    assert office.use().password == "hash"
    with pytest.raises(Refused, match="this link is none"):
        office.use()


@pytest.mark.parametrize(("link", "at"), [(OTHER, 0), (LINK, LINK_FOR), ("", 0), ("a" * 44, 0)])
def test_no_other_link_does(office: Office, link: str, at: int) -> None:
    office.add()
    office.link()
    with pytest.raises(Refused, match="this link is none"):
        office.use(link, at)


def test_nobody_without_a_link_has_an_empty_one(office: Office) -> None:
    office.add()
    assert office.do(lambda txn: staff.whose_link(txn, "", 0)) is None


def test_a_newer_link_and_being_disabled_void_it(office: Office) -> None:
    office.add()
    office.link()
    office.link(OTHER)
    with pytest.raises(Refused):
        office.use(LINK)
    office.do(lambda txn: staff.disable(txn, "a"))
    office.do(lambda txn: staff.enable(txn, "a"))
    with pytest.raises(Refused):
        office.use(OTHER)


def test_the_first_is_an_admin_and_there_is_one_first_only(office: Office) -> None:
    assert office.do(lambda txn: staff.open_first(txn, OTHER, 0))
    assert office.do(lambda txn: staff.open_first(txn, LINK, 0))
    for link, at in ((OTHER, 1), (LINK, LINK_FOR), ("", 1)):
        with pytest.raises(Refused, match="this link is none"):
            office.do(lambda txn, link=link, at=at: staff.found(txn, link, "owner", "hash", at))  # type: ignore[misc]
    first = office.do(lambda txn: staff.found(txn, LINK, "Owner", "hash", 1))
    assert (first.name, first.role, first.password) == ("owner", Role.ADMIN, "hash")
    assert not office.do(lambda txn: staff.open_first(txn, LINK, 1))
    with pytest.raises(Refused, match="this link is none"):
        office.do(lambda txn: staff.found(txn, LINK, "second", "hash", 1))


def test_without_a_link_nobody_is_the_first(office: Office) -> None:
    assert not office.do(lambda txn: staff.is_first_link(txn, "", 0))
    office.do(lambda txn: staff.open_first(txn, LINK, 0))
    office.add("somebody")
    assert not office.do(lambda txn: staff.is_first_link(txn, LINK, 0))


def test_there_is_always_an_admin(office: Office) -> None:
    office.add("boss", Role.ADMIN)
    office.add("late", Role.ADMIN)
    office.do(lambda txn: staff.disable(txn, "late"))
    for job in (lambda txn: staff.disable(txn, "boss"), lambda txn: staff.set_role(txn, "boss", Role.AGENT)):
        with pytest.raises(Refused, match="nobody could manage users"):
            office.do(job)
    office.do(lambda txn: staff.enable(txn, "late"))
    assert office.do(lambda txn: staff.set_role(txn, "boss", Role.STEWARD)).role is Role.STEWARD


def test_there_are_not_too_many(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "MOST", 2)
    office.add("a")
    office.add("b")
    with pytest.raises(Refused, match="no more fit"):
        office.add("c")


def test_a_device_is_known_by_its_mark_until_the_password_changes(office: Office) -> None:
    office.add()
    office.add("b")
    first = office.do(lambda txn: staff.set_password(txn, staff.known(txn, "a"), "hash"))
    number = "n" * 22
    mark = office.do(lambda txn: devices.mark(txn, first, number))

    def known(user: User, number: str, marks: tuple[str, ...]) -> bool:
        return office.do(lambda txn: devices.is_known(txn, user, number, marks))

    assert known(first, number, ("x" * 32, mark))
    assert not known(first, "m" * 22, (mark,))
    assert not known(first, number, ())
    other = office.do(lambda txn: staff.set_password(txn, staff.known(txn, "b"), "hash"))
    assert not known(other, number, (mark,))
    later = office.do(lambda txn: staff.set_password(txn, first, "another hash"))
    assert not known(later, number, (mark,))


def test_nobody_without_a_password_has_a_device(office: Office) -> None:
    user = office.add()
    mark = office.do(lambda txn: devices.mark(txn, user, "n" * 22))
    assert not office.do(lambda txn: devices.is_known(txn, user, "n" * 22, (mark,)))


def test_another_store_marks_otherwise(office: Office) -> None:
    user = office.add()
    here = office.do(lambda txn: devices.mark(txn, user, "n" * 22))
    assert MemoryEngine(b"x" * 32).read(lambda txn: devices.mark(txn, user, "n" * 22)) != here


@pytest.mark.parametrize("name", ["", "-x", "a b", "x" * 65, "özge", "\u212aelvin", "a\nb", "a/b"])
def test_what_is_no_name_is_refused(office: Office, name: str) -> None:
    with pytest.raises(Refused, match="user name has"):
        office.add(name)


def test_a_name_is_found_in_any_case_and_taken_once(office: Office) -> None:
    assert office.add(" Ayse@Example.com ").name == "ayse@example.com"
    assert office.do(lambda txn: staff.known(txn, "AYSE@example.com")).name == "ayse@example.com"
    with pytest.raises(Refused, match="already"):
        office.add("AYSE@EXAMPLE.COM")
    with pytest.raises(Refused, match="there is no user"):
        office.do(lambda txn: staff.known(txn, "nobody"))


def test_what_is_so_already_changes_nothing(office: Office) -> None:
    user = office.add()
    assert office.do(lambda txn: staff.set_role(txn, "a", Role.AGENT)) == user
    assert office.do(lambda txn: staff.enable(txn, "a")) == user
    off = office.do(lambda txn: staff.disable(txn, "a"))
    assert office.do(lambda txn: staff.disable(txn, "a")) == off
    with pytest.raises(Refused, match="disabled"):
        office.link()


def test_a_link_of_too_few_random_bytes_is_a_mistake_of_ours(office: Office) -> None:
    office.add()
    with pytest.raises(ValueError, match="32 random bytes"):
        office.link("short")


def test_what_somebody_reads_in_is_kept(office: Office) -> None:
    office.add()
    kept = office.do(lambda txn: staff.set_taste(txn, "a", "tr", "Europe/Istanbul"))
    assert (kept.language, kept.zone) == ("tr", "Europe/Istanbul")
    assert office.do(lambda txn: staff.known(txn, "a")) == kept
