"""Erase: nothing of a person is left, others keep what is theirs, and the journal tells the same story ever after."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import erase, retract, steward
from jivod.flow.erase import Person
from jivod.flow.ingest import REDELIVERED
from jivod.flow.replay import prepare, rebuild
from jivod.flow.transfer import CREATED, REFUSED
from jivod.model.change import CHANGES, UPDATED
from jivod.model.change import CREATED as BORN
from jivod.model.change import ERASED as GONE
from jivod.model.contact import EMAIL, PHONE, Key
from jivod.model.customer import GoldenRecord
from jivod.model.entry import ERASED
from jivod.model.errors import Refused
from jivod.policy.identity import ERASED as RULE
from jivod.policy.rules import Rules
from jivod.store import customers, erased, journal, outbox, quarantine, reasons
from jivod.store.tables import FORMER, POLICIES, TABLES
from tests.flow.imports import ROWS, Row, run
from tests.flow.lives import Deed, ids_of, lived, lives
from tests.flow.told import Event, policies, tell
from tests.flow.world import ORIGIN, World, accepted, client, finished

REASON = "asked for it"


def person_of(world: World, id: str) -> Person:
    return world.ask(lambda txn: erase.person(txn, id))


def without(world: World, id: str) -> World:
    """The world in which the person of this id was erased."""
    found = person_of(world, id)
    other = World(clock=world.clock, desk=world.desk)
    prepare(world.engine, other.engine)
    rebuild(world.engine, other.engine, lambda done, of: None, found.change)
    other.decide(erase.sign, found, REASON, 0)
    return other


def everything(world: World) -> bytes:
    """All that is stored, but for policies: one that blocks an e-mail names it."""
    rows = world.ask(lambda txn: [row for table in TABLES if table != POLICIES for row in txn.range(table)])
    return b"\n".join(part for row in rows for part in row)


@pytest.fixture
def shop() -> World:
    """Ayşe of two browsers and a chat, whom a person edited; Veli, who uses her office's phone."""
    world = World()
    world.tell(accepted(1, number=1, name="Ayşe", email="ayse@example.com", phone="0532 000 00 01", token="crm-ayse"))
    world.tell(finished(1, number=1, messages=[{"type": "visitor", "message": "hello", "timestamp": 1_790_000_000}]))
    world.tell(accepted(2, number=2, name="Veli", email="veli@example.com", phone="+902125550100"))
    world.tell(accepted(3, number=3, email="ayse@example.com", phone="+902125550100"))
    ayse = world.find("ayse@example.com")[0].id
    world.decide(steward.edit, ayse, "attr:Plan", "wholesale-of-ayse")
    world.decide(steward.share, Key(PHONE, "+905320000001"), shared=False)
    return world


def id_of(world: World, query: str) -> str:
    (found,) = world.find(query)
    return found.id


def test_no_byte_of_the_person_is_left(shop: World) -> None:
    left = everything(without(shop, id_of(shop, "ayse@example.com"))).lower()
    for trace in ("ayse", "ayşe", "ay\\u015fe", "5320000001", "0532 000 00 01", "hello", "wholesale"):
        assert trace.encode() not in left, trace


def test_what_was_said_and_undone_of_him_or_of_another_is_gone_too(shop: World) -> None:
    ayse, veli = id_of(shop, "ayse@example.com"), id_of(shop, "veli@example.com")
    for id, email in ((veli, "ayse@example.com"), (ayse, "her2@example.com")):
        shop.decide(retract.take_back, id, shop.decide(steward.edit, id, EMAIL, email).seq)
    found = person_of(shop, ayse)
    assert Key(EMAIL, "her2@example.com") in found.keys and b"her2@example.com" in found.traces
    other = without(shop, ayse)
    assert not any(trace in everything(other) for trace in (b"ayse", b"her2"))
    assert other.golden(veli) == shop.golden(veli)
    assert other.differs_from(other.rebuilt()) == []


def test_others_keep_what_is_theirs(shop: World) -> None:
    veli = id_of(shop, "veli@example.com")
    other = without(shop, id_of(shop, "ayse@example.com"))
    assert other.golden(veli) == shop.golden(veli)
    assert other.find("+902125550100") == [other.golden(veli)]
    assert other.chats(veli) == shop.chats(veli)


def test_the_store_is_sound_and_what_its_journal_says(shop: World) -> None:
    other = without(shop, id_of(shop, "ayse@example.com"))
    assert other.findings() == []
    assert other.differs_from(other.rebuilt()) == []


def test_the_proof_names_who_and_why_and_the_ids_and_nobody(shop: World) -> None:
    ayse = id_of(shop, "ayse@example.com")
    other = without(shop, ayse)
    entry = other.ask(lambda txn: journal.get(txn, journal.last(txn)))
    assert entry is not None
    assert b'"decision":"erase"' in entry.body
    for part in (ayse, "Elif", REASON):
        assert part.encode() in entry.body


def test_the_ids_say_that_they_were_erased_and_are_nobodys(shop: World) -> None:
    ayse = id_of(shop, "ayse@example.com")
    other = without(shop, ayse)
    for deed in (
        lambda: other.decide(steward.edit, ayse, "name", "Ayşe"),
        lambda: other.decide(steward.merge, ayse, id_of(other, "veli@example.com")),
        lambda: person_of(other, ayse),
    ):
        with pytest.raises(Refused, match=f"was erased by decision #7, and nothing is left to show: {REASON}"):
            deed()


def test_what_a_card_said_stays_away_however_late_it_comes_again(shop: World) -> None:
    body = client(3, email="ayse@example.com", name="Ayşe")
    shop.tell(body)
    other = without(shop, id_of(shop, "ayse@example.com"))
    other.clock += 2 * REDELIVERED
    again = other.tell(body)
    assert (again.repeated, again.customer) == (True, None)
    assert other.find("ayse@example.com") == []


def test_what_comes_again_stays_away_and_what_is_new_makes_somebody_new(shop: World) -> None:
    ayse = id_of(shop, "ayse@example.com")
    other = without(shop, ayse)
    again = other.tell(accepted(3, number=3, email="ayse@example.com", phone="+902125550100"))
    assert (again.repeated, again.customer, again.answer.crm_link) == (True, None, None)
    assert other.find("ayse@example.com") == []
    new = other.tell(accepted(9, number=1, email="ayse@example.com"))
    assert new.customer not in (None, ayse)
    assert other.findings() == []
    assert other.differs_from(other.rebuilt()) == []


def test_the_lines_of_the_journal_stay_in_their_places_and_are_explained(shop: World) -> None:
    other = without(shop, id_of(shop, "ayse@example.com"))
    kinds = other.ask(lambda txn: [entry.kind for entry in journal.after(txn, 0, 99)])
    assert kinds == [ERASED, ERASED, "event", ERASED, ERASED, ERASED, "decision"]
    told = other.ask(lambda txn: [reason and reason.rule for reason in (reasons.get(txn, seq) for seq in (1, 2, 4))])
    assert told == [RULE] * 3


@pytest.mark.parametrize(
    "body",
    [
        {"event_name": "updated_client", "event_type": "crm_client", "client_id": 1, "name": "A"},
        {"event_name": "updated_client_contacts", "contacts": [{"contact": "AYSE@example.com"}]},
        {"event_name": "updated_client_contacts", "contacts": [{"contact": "8 (532) 000-00-01"}]},
        {"event_name": "created_task", "text": "call +90 532 000 00 01"},
    ],
)
def test_what_is_nobodys_and_speaks_of_the_person_goes_too(shop: World, body: dict[str, Any]) -> None:
    told = shop.tell(body)
    kept = shop.tell({"event_name": "updated_client", "event_type": "crm_client", "client_id": 2, "name": "V"})
    other = without(shop, id_of(shop, "ayse@example.com"))
    entries = other.ask(lambda txn: [journal.get(txn, one.seq) for one in (told, kept)])
    assert [entry and entry.kind for entry in entries] == [ERASED, "event"]


def test_a_body_in_quarantine_that_speaks_of_the_person_is_found(shop: World) -> None:
    def keep(body: bytes) -> int:
        return shop.do(
            lambda txn: quarantine.add(txn, received_at=1, origin=ORIGIN, code="bad_json", message="", body=body)
        )

    numbers = [keep(b'{"email":"Ayse@example.com"'), keep(b'{"email":"veli@example.com"'), keep(b"crm-ayse")]
    ayse = person_of(shop, id_of(shop, "ayse@example.com"))
    assert shop.ask(lambda txn: list(erase.in_quarantine(txn, ayse))) == [numbers[0], numbers[2]]


@pytest.mark.parametrize(
    "text",
    [
        "aayse@example.com",
        "ayse@example.com.tr",
        "x.ayse@example.com",
        "crm-ayse-2",
        "my-crm-ayse",
        "+90 532 000 00 012",
    ],
)
def test_what_only_holds_a_contact_of_the_person_within_another_stays(shop: World, text: str) -> None:
    told = shop.tell({"event_name": "created_task", "text": f"write to {text} today"})
    ayse = person_of(shop, id_of(shop, "ayse@example.com"))
    entry = shop.ask(lambda txn: journal.get(txn, told.seq))
    assert entry is not None
    assert shop.ask(lambda txn: ayse.change(txn, entry)) is entry


@pytest.mark.parametrize(
    "text",
    [
        "<ayse@example.com>",
        "\nayse@example.com.",
        "(crm-ayse)",
        "0(532)000-00.01, 2026",
        "00905320000001",
        "AYSE@EXAMPLE.COM",
    ],
)
def test_a_contact_is_found_in_any_spelling(shop: World, text: str) -> None:
    told = shop.tell({"event_name": "created_task", "text": f"write to {text}"})
    ayse = person_of(shop, id_of(shop, "ayse@example.com"))
    entry = shop.ask(lambda txn: journal.get(txn, told.seq))
    assert entry is not None
    assert shop.ask(lambda txn: ayse.change(txn, entry)).kind == ERASED


def test_a_contact_that_others_have_too_is_no_trace_of_the_person(shop: World) -> None:
    other = shop.tell({"event_name": "created_task", "text": "call +90 212 555 01 00"})
    ayse = person_of(shop, id_of(shop, "ayse@example.com"))
    assert ayse.change is not None
    entry = shop.ask(lambda txn: journal.get(txn, other.seq))
    assert entry is not None
    assert shop.ask(lambda txn: ayse.change(txn, entry)) is entry


def test_the_extent_is_what_will_be_emptied(shop: World) -> None:
    ayse = person_of(shop, id_of(shop, "ayse@example.com"))
    seen: list[tuple[int, int]] = []
    found = erase.extent(shop.engine, ayse, lambda done, of: seen.append((done, of)))
    assert (found.records, found.entries, found.quarantined) == (1, 5, 0)
    assert seen == [(6, 6)]


def test_all_who_were_merged_go_together_and_so_do_ids_of_former_days(shop: World) -> None:
    ayse, veli = id_of(shop, "ayse@example.com"), id_of(shop, "veli@example.com")
    shop.decide(steward.merge, veli, ayse)
    shop.do(lambda txn: erased_former(txn))
    other = without(shop, veli)
    assert other.everybody() == []
    assert other.ask(lambda txn: [erased.by(txn, id) is not None for id in (ayse, veli, "former")]) == [True] * 3


def erased_former(txn: Any) -> None:
    from jivod.store import former

    former.put(txn, "former", 1)
    assert list(txn.range(FORMER))


def test_whoever_was_erased_does_not_come_back_by_an_import() -> None:
    world = World()
    row = {"email": "ayse@example.com", "name": "Ayşe", "attr:Balance": "77-of-ayse"}
    (made,) = run(world, [row])
    assert made.customer is not None
    other = without(world, made.customer)
    left = everything(other)
    assert not [trace for trace in (b"ayse", "Ayşe".encode(), b"77-of") if trace in left]
    (again,) = run(other, [{**row, "phone": "+905320000009"}])
    assert (again.outcome, again.why) == (REFUSED, "this person was erased by decision #2")
    (somebody,) = run(other, [{"email": "veli@example.com"}])
    assert somebody.outcome == CREATED
    written = other.tell(accepted(1, email="ayse@example.com"))
    assert written.customer not in (None, made.customer)
    assert other.findings() == other.differs_from(other.rebuilt()) == []


def test_imports_are_told_to_whoever_listens() -> None:
    world = World()
    world.do(lambda txn: outbox.listen(txn, CHANGES))
    for balance in ("5", "6", "6"):
        run(world, [{"email": "ayse@example.com", "attr:Balance": balance}])
    assert world.ask(lambda txn: [c.kind for c in outbox.after(txn, 0, 9)]) == [BORN, UPDATED]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "\ud800"])
def test_a_reason_that_is_none_is_refused(reason: str) -> None:
    with pytest.raises(Refused, match="an erasure needs a reason"):
        erase.demand_reason(reason)


def test_a_card_alone_is_erased_by_its_number() -> None:
    world = World()
    world.tell(client(7, name="Guest of honour"))
    id = id_of(world, "7")
    assert b"honour" in everything(world)
    assert b"honour" not in everything(without(world, id))


def faces(world: World, ids: set[str]) -> list[GoldenRecord]:
    return [golden for golden in world.everybody() if golden.id in ids]


@given(lives(longest=25), st.lists(ROWS, max_size=4), policies(), st.data())
def test_an_erasure_is_sound_and_a_rebuild_agrees(
    life: list[Event | Deed], file: list[Row], rules: Rules, data: st.DataObject
) -> None:
    """Whoever is erased: the store checks clean, its journal tells all of it, and goes on to do so."""
    world = lived(life, rules)
    run(world, file)
    ids = ids_of(world)
    if not ids:
        return
    found = person_of(world, data.draw(st.sampled_from(ids)))
    other = without(world, found.root)
    assert other.findings() == []
    assert other.differs_from(other.rebuilt()) == []
    assert not found.ids & set(ids_of(other))
    more = [step for step in life if isinstance(step, Event)][:5]
    for event in more:
        tell(other, event)
    assert other.findings() == []
    assert other.differs_from(other.rebuilt()) == []


@given(lives(longest=25), policies(), st.data())
def test_no_contact_that_was_the_persons_alone_is_left(
    life: list[Event | Deed], rules: Rules, data: st.DataObject
) -> None:
    world = lived(life, rules)
    ids = ids_of(world)
    if not ids:
        return
    found = person_of(world, data.draw(st.sampled_from(ids)))
    others = [id for id in ids if id not in found.ids]
    records = [world.ask(lambda txn, id=id: customers.get(txn, id)) for id in others]  # type: ignore[misc]
    theirs = {value for record in records if record for claim in record.claims for value in (claim.value, claim.raw)}
    left = everything(without(world, found.root))
    for key in found.keys:
        if key.kind == EMAIL and key.value not in theirs:
            assert key.value.encode() not in left


def test_whoever_listens_is_told_of_it(shop: World) -> None:
    shop.do(lambda txn: outbox.listen(txn, [GONE]))
    ayse = person_of(shop, id_of(shop, "ayse@example.com"))
    shop.decide(erase.sign, ayse, REASON, 5)
    told = shop.ask(lambda txn: [(c.kind, c.customer) for c in outbox.after(txn, 0, 9)])
    assert told == [(GONE, ayse.root)]
