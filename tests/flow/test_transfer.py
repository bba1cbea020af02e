"""Rows of the company's own data: what they change, what they do not, and that a rebuild agrees."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import steward
from jivod.flow.transfer import CREATED, ENRICHED, REFUSED, UNCHANGED, take_in
from jivod.model.claim import NAME
from jivod.model.contact import EMAIL, PHONE, TOKEN, VERIFIED_TOKEN
from jivod.model.entry import IMPORT
from jivod.model.errors import Refused, Unreadable
from jivod.policy.identity import TYPED
from jivod.policy.rules import Rules
from jivod.policy.signature import GOOD
from jivod.store import journal
from jivod.store.tables import TABLES
from jivod.wire import jivo, row
from jivod.wire.upload import How, open_upload
from tests.flow.imports import ROWS, Row, outcomes, run
from tests.flow.lives import Deed, lives
from tests.flow.told import Event, policies, tell, under
from tests.flow.world import World, accepted

ALI = {"email": "a@example.com", "phone": "0532 000 00 01", "name": "Ali", "attr:Balance": "5"}
TYPED_FINDS_NOBODY = '[identity]\nunverified = "claim"\n'


def rows(world: World) -> dict[str, list[tuple[bytes, bytes]]]:
    return world.ask(lambda txn: {table: list(txn.range(table)) for table in TABLES})


def test_a_row_makes_a_customer_and_an_agent_sees_him() -> None:
    world = World()
    (done,) = run(world, [ALI])
    golden = world.golden(done.customer)
    assert (done.outcome, done.seq, golden.name, golden.attributes) == (CREATED, 1, "Ali", {"Balance": "5"})
    assert (golden.emails, golden.phones, golden.chats) == (("a@example.com",), ("+905320000001",), 0)
    assert world.tell(accepted(email="a@example.com")).customer == done.customer
    assert world.findings() == world.differs_from(world.rebuilt()) == []


def test_what_the_visitor_typed_gives_way_and_is_no_doubt() -> None:
    world = World()
    chat = world.tell(accepted(email="a@example.com", name="aly", phone="+905320000002"))
    assert outcomes(run(world, [ALI])) == [ENRICHED]
    golden = world.golden(chat.customer)
    assert (golden.name, golden.contested, golden.phones[0]) == ("Ali", (), "+905320000001")


def test_the_last_import_has_the_word_also_where_it_says_what_was_said_before() -> None:
    world = World()
    for balance, outcome in [("5", CREATED), ("6", ENRICHED), ("5", ENRICHED), ("5", UNCHANGED)]:
        (done,) = run(world, [{**ALI, "attr:Balance": balance}])
        assert done.outcome == outcome
        golden = world.golden(done.customer)
        assert (golden.attributes, golden.contested) == ({"Balance": balance}, ())
    assert world.ask(journal.last) == 3


def test_the_first_email_of_the_last_import_stands_first() -> None:
    world = World()
    for email in ("a@example.com", "b@example.com", "a@example.com"):
        (done,) = run(world, [{"id": "7", "email": email}])
        assert world.golden(done.customer).emails[0] == email


def test_two_rows_of_one_file_that_disagree_are_contested_and_stay_so() -> None:
    world = World()
    file = [ALI, {**ALI, "name": "Veli"}]
    first, second = run(world, file)
    assert (first.outcome, second.outcome) == (CREATED, ENRICHED)
    assert second.doubts == ("the name is contested",)
    assert outcomes(run(world, file)) == [UNCHANGED, UNCHANGED]


def test_a_row_that_points_to_two_customers_opens_a_review() -> None:
    world = World()
    run(world, [{"id": "1", "email": "a@example.com"}, {"id": "2", "phone": "+905320000001"}])
    (done,) = run(world, [{"email": "a@example.com", "phone": "+905320000001"}])
    assert len(world.reviews()) == len(done.doubts) == 1


@pytest.mark.parametrize(
    ("given_row", "why"),
    [
        ({"name": "Ali"}, "there is no e-mail, phone or id in it"),
        ({"email": "nobody"}, "email: not an e-mail address"),
        ({"phone": "12", "id": "guest"}, "token: placeholder; phone: not a phone number"),
    ],
)
def test_a_row_about_nobody_is_refused_with_the_reason_and_leaves_no_trace(given_row: Row, why: str) -> None:
    world = World()
    before = rows(world)
    (done,) = run(world, [given_row])
    assert (done.outcome, done.why, rows(world)) == (REFUSED, why, before)


def test_an_unusable_contact_beside_a_good_one_is_kept_and_counted() -> None:
    world = World()
    (done,) = run(world, [{"email": "a@example.com", "phone": "12"}])
    assert (done.outcome, done.unusable, world.golden(done.customer).others) == (CREATED, 1, ("12",))


def test_only_the_kind_of_key_that_was_named_finds_somebody() -> None:
    world = World()
    a, b = run(world, [{"id": "1", "email": "a@example.com"}, {"id": "2", "phone": "+905320000001"}])
    (done,) = run(world, [{"email": "b@example.com", "phone": "+905320000001"}], finding=(PHONE,))
    assert done.customer == b.customer
    (none,) = run(world, [{"email": "a@example.com"}], finding=(PHONE,))
    assert (none.outcome, none.why) == (REFUSED, "email: not the kind of key that this import goes by")
    (done,) = run(world, [{"id": "3", "email": "a@example.com"}], finding=(EMAIL,))
    assert done.customer == a.customer  # the id would have denied it
    assert world.differs_from(world.rebuilt()) == []


def test_a_signed_id_is_found_by_the_signature_and_not_by_who_only_says_so() -> None:
    world = World()
    (done,) = run(world, [{"signed_id": "4711", "attr:Balance": "5"}])
    assert world.tell(accepted(1, token="4711")).customer != done.customer
    token = "v1.4711.1790000000." + "0" * 64
    assert world.tell(accepted(2, token=token), signature=GOOD).customer == done.customer
    assert done.customer is not None
    assert {claim.attribute for claim in world.claims(done.customer)} == {VERIFIED_TOKEN, "attr:Balance"}


def test_an_id_is_the_token_of_the_site() -> None:
    world = World()
    (done,) = run(world, [{"id": "v1.not.a.signature"}])
    assert world.golden(done.customer).tokens == ("v1.not.a.signature",)
    assert world.tell(accepted(1, token="crm-9")).customer != done.customer
    (other,) = run(world, [{"id": "crm-9"}])
    assert other.outcome == ENRICHED
    assert world.ask(lambda txn: [e.kind for e in journal.after(txn, 0, 9)]) == [IMPORT, "event", IMPORT]
    assert TOKEN in {claim.attribute for claim in world.claims(str(other.customer))}


def test_where_typed_contacts_find_nobody_an_import_finds_its_own_customers_and_no_impostor() -> None:
    world = World()
    world.adopt(TYPED_FINDS_NOBODY)
    impostor = world.tell(accepted(1, email="a@example.com", number=1)).customer
    (done,) = run(world, [ALI])
    assert (done.outcome, done.customer != impostor) == (CREATED, True)
    assert done.doubts == (f"the email is also that of {impostor}: {TYPED}",)
    (again,) = run(world, [{**ALI, "attr:Balance": "6"}])
    assert again.customer == done.customer
    assert "Balance" not in world.golden(impostor).attributes
    assert world.differs_from(world.rebuilt()) == []


def test_what_a_person_took_away_does_not_come_back_by_the_same_file() -> None:
    world = World()
    (done,) = run(world, [ALI])
    world.decide(steward.clear, done.customer, EMAIL, "a@example.com")
    world.decide(steward.edit, done.customer, NAME, "Veli")
    assert outcomes(run(world, [ALI])) == [UNCHANGED]
    golden = world.golden(done.customer)
    assert (golden.name, golden.emails) == ("Veli", ())


def test_an_imported_row_can_be_detached_with_all_it_said() -> None:
    world = World()
    chat = world.tell(accepted(1, email="a@example.com", name="Ayşe"))
    (done,) = run(world, [{"email": "a@example.com", "id": "7", "attr:Balance": "5"}])
    world.decide(steward.detach, chat.customer, (done.seq,))
    assert world.golden(chat.customer).tokens == ()
    assert world.golden(chat.customer).attributes == {}
    (alone,) = world.find("7")
    assert alone.attributes == {"Balance": "5"}
    assert world.differs_from(world.rebuilt()) == world.findings() == []


def test_no_webhook_takes_the_body_of_a_row() -> None:
    world = World()
    run(world, [ALI])
    (entry,) = world.ask(lambda txn: journal.after(txn, 0, 9))
    with pytest.raises(Unreadable):
        jivo.read(entry.body)


@pytest.mark.parametrize("by", ["", " ", "x" * 201, "a\0b"])
def test_an_import_needs_the_name_of_whoever_does_it(by: str) -> None:
    made = row.make(ALI.items(), row.Source(by=by), 2)
    world = World()
    with pytest.raises(Refused, match="--by"):
        world.do(lambda txn: take_in(txn, [made], at=1, region=None, is_due=bool))


def test_a_batch_ends_when_it_is_time_and_takes_one_row_at_least() -> None:
    made = [row.make([("email", f"u{n}@example.com")], row.Source(by="Elif"), n) for n in range(3)]
    world = World()
    assert len(world.do(lambda txn: take_in(txn, made, at=1, region=None, is_due=lambda: True))) == 1
    assert len(world.do(lambda txn: take_in(txn, made, at=1, region=None, is_due=lambda: False))) == 3


HEADS = (b"email,name,Plan\n", b'{"email":"a@example.com"}\n', b"BEGIN:VCARD\nEMAIL:a@example.com\nEND:VCARD\n")


@given(head=st.sampled_from(HEADS), lines=st.lists(st.binary(max_size=40) | st.text(max_size=20).map(str.encode)))
def test_any_bytes_in_a_file_leave_a_store_that_fits_together(head: bytes, lines: list[bytes]) -> None:
    world = World()
    try:
        upload = open_upload(io.BytesIO(head + b"\n".join(lines) + b"\na@example.com,Ali,gold\n"), How())
    except Refused:
        return
    for item in upload.rows:
        try:
            made = row.make(item.said, row.Source(by="Elif"), item.line)
        except Refused:
            continue
        world.do(lambda txn, made=made: take_in(txn, [made], at=world.clock, region="TR", is_due=bool))  # type: ignore[misc]
    assert world.findings() == world.differs_from(world.rebuilt()) == []


FILES = st.lists(ROWS, min_size=1, max_size=8)
FINDING = st.sampled_from([(), (), (EMAIL,), (PHONE,), (TOKEN, VERIFIED_TOKEN)])


def lived(rules: Rules, life: Sequence[Event | Deed], files: list[list[Row]], finding: tuple[str, ...]) -> World:
    """Events, decisions and imports in turn."""
    world = under(rules)
    for number, step in enumerate(life):
        if isinstance(step, Deed):
            step.carry_out(world)
        else:
            tell(world, step)
        if number % 5 == 2 and files:
            run(world, files[number % len(files)], finding=finding)
    return world


@given(rules=policies(), life=lives(longest=10), files=st.lists(FILES, min_size=1, max_size=3), finding=FINDING)
def test_a_rebuild_agrees_and_everything_fits_together(
    rules: Rules, life: list[Any], files: list[list[Row]], finding: tuple[str, ...]
) -> None:
    world = lived(rules, life, files, finding)
    assert world.findings() == []
    assert world.differs_from(world.rebuilt()) == []
    other = world.rebuilt(TYPED_FINDS_NOBODY)
    assert other.findings() == []
    assert other.differs_from(other.rebuilt()) == []


@given(rules=policies(), life=lives(longest=8), file=FILES, finding=FINDING, data=st.data())
def test_the_same_file_twice_changes_nothing(
    rules: Rules, life: list[Any], file: list[Row], finding: tuple[str, ...], data: st.DataObject
) -> None:
    world = lived(rules, life, [file], finding)
    run(world, file, finding=finding, batch=data.draw(st.integers(1, 4)))
    before = rows(world)
    done = run(world, file, finding=finding, batch=data.draw(st.integers(1, 4)))
    assert {CREATED, ENRICHED}.isdisjoint(outcomes(done))
    assert rows(world) == before


@given(life=lives(longest=8), files=st.lists(FILES, min_size=1, max_size=3))
def test_a_row_is_its_customers_word_afterwards(life: list[Any], files: list[list[Row]]) -> None:
    world = lived(Rules(), life, files, ())
    for file in files:
        for one in file:
            (done,) = run(world, [one])
            if done.customer is not None and "attr:Plan" in one:
                said = [c for c in world.claims(world.golden(done.customer).id) if c.attribute == "attr:Plan"]
                assert any(c.value == one["attr:Plan"] and c.source == "import" for c in said)


