"""The customers as a table, and everything of one person."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given

from jivod.flow import listing, steward
from jivod.flow.dossier import dossier
from jivod.flow.transfer import take_in
from jivod.model.customer import GoldenRecord
from jivod.model.errors import Refused
from jivod.policy.rules import DEFAULT
from jivod.wire import row
from jivod.wire.row import Source
from jivod.wire.upload import How, open_upload
from tests.flow.imports import run
from tests.flow.lives import lived, lives
from tests.flow.world import World, accepted, finished

HOSTILE = {
    "name": "=cmd|' /C calc'!A0", "attr:=1+1": "@SUM(A1)", "tag": "-x", "attr:email": "'=old", "description": "a\tb",
}  # fmt: skip


def table(world: World) -> str:
    return "".join(listing.table(world.engine, lambda: None))


def copied(text: str) -> World:
    """The table, imported into an empty store."""
    world = World()
    upload = open_upload(io.BytesIO(text.encode()), How())
    made = [row.make(item.said, Source(by="Elif"), item.line) for item in upload.rows if not item.fault]
    for one in made:
        world.do(lambda txn, one=one: take_in(txn, [one], at=world.clock, region=None, is_due=bool))  # type: ignore[misc]
    return world


def values(golden: GoldenRecord) -> Any:
    return (
        golden.name, golden.emails[:1], {*golden.emails}, golden.phones[:1], {*golden.phones}, golden.description,
        {*golden.tags}, {*golden.tokens}, golden.attributes,
    )  # fmt: skip


def test_no_cell_is_a_formula_and_all_of_them_come_back() -> None:
    world = World()
    (done,) = run(world, [{"email": "a@example.com", "phone": "+905320000001", **HOSTILE}])
    text = table(world)
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\0"))]
    assert "'+905320000001" in cells
    (copy,) = copied(text).everybody()
    assert values(copy) == values(world.golden(done.customer))


def test_an_attribute_that_is_called_like_a_column_keeps_its_name() -> None:
    world = World()
    (done,) = run(world, [{"email": "a@example.com", "attr:Telefon": "old", "attr:Plan": "gold"}])
    assert table(world).split("\r\n")[0].endswith(",Plan,attr:Telefon")
    (copy,) = copied(table(world)).everybody()
    assert copy.attributes == world.golden(done.customer).attributes == {"Telefon": "old", "Plan": "gold"}


def test_signed_tokens_and_others_stay_apart() -> None:
    world = World()
    run(world, [{"signed_id": "7", "id": "8"}])
    (copy,) = copied(table(world)).everybody()
    assert {claim.attribute for claim in world.claims(world.everybody()[0].id)} == {"token", "verified_token"}
    assert copy.tokens == ("7", "8")


@given(life=lives(longest=12))
def test_the_values_of_every_customer_who_has_a_key_come_back(life: list[Any]) -> None:
    world = lived(life, DEFAULT)
    lines = list(listing.everybody(world.engine, lambda: None))
    assert sorted(one.golden.id for one in lines) == [g.id for g in world.everybody()]
    for one in lines:
        golden = one.golden
        if golden.emails or golden.phones or golden.tokens:
            line = listing.line(one, listing.attributes(world.engine, lambda: None))
            (copy,) = copied(table(world).split("\r\n")[0] + "\r\n" + line).everybody()
            assert values(copy) == values(golden)


def test_a_dossier_has_all_of_one_person_and_nothing_of_others() -> None:
    world = World()
    ayse = world.tell(accepted(1, email="ayse@example.com", name="Ayşe")).customer
    world.tell(finished(1, messages=[{"type": "visitor", "message": "hello", "timestamp": 1_790_000_000}]))
    other = world.tell(accepted(2, email="other@example.com", name="Other")).customer
    part = world.tell(accepted(3, phone="+905320000001")).customer
    (row_of_hers,) = run(world, [{"email": "ayse@example.com", "attr:Balance": "5"}])
    assert ayse and other and part
    world.decide(steward.merge, part, ayse)
    found = world.ask(lambda txn: dossier(txn, part))
    text = json.dumps(found)
    assert found["person"] == ayse
    assert {one["id"] for one in found["records"]} == {ayse, part}
    assert [one["loser"] for one in found["merges"]] == [part]
    assert len(found["conversations"]) == 2
    assert len(found["decisions"]) == 1
    assert [one["seq"] for one in found["entries"]] == [1, 2, 4, row_of_hers.seq, 6]
    assert all(word in text for word in ("hello", "Balance", "+905320000001"))
    assert "other@example.com" not in text
    claims = [claim for one in found["records"] for claim in one["claims"]]
    assert ("email", "ayse@example.com", "import") in {(c["attribute"], c["value"], c["source"]) for c in claims}


def test_a_dossier_of_nobody_is_refused() -> None:
    with pytest.raises(Refused, match="jivod find"):
        World().ask(lambda txn: dossier(txn, "nobody"))


def test_too_many_attributes_are_too_many_for_a_table() -> None:
    world = World()
    for start in (0, 400, 800):
        own = {f"attr:a{number:04}": "x" for number in range(start, start + 400)}
        run(world, [{"email": f"u{start}@example.com", **own}])
    names = listing.attributes(world.engine, lambda: None)
    assert (len(names), names[0], names[-1]) == (listing.ATTRIBUTES_MAX, "a0000", "a0499")
