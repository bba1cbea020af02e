"""Section 4 to 6 of the rules, told as short stories through the whole flow."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from jivod.flow.ingest import Ingested
from jivod.flow.query import history, transcript
from jivod.model.answer import Answer
from jivod.model.entry import Origin
from jivod.store import customers, edges, journal, reviews
from tests.flow.world import ORIGIN, World, accepted, client, finished, updated

A, B, C, Y = "a@example.com", "+905320000002", "+905320000003", "y@example.com"


def rows(answer: Answer) -> dict[str | None, str]:
    return {row.title: row.content for row in answer.rows}


def test_the_a_b_c_question_same_customer_the_new_phone_is_added_the_old_one_stays_first_and_the_agent_sees_both() -> (
    None
):
    world = World()
    first = world.tell(accepted(1, number=1, email=A, phone=C))
    second = world.tell(accepted(2, number=2, email=A, phone="0532 000 00 02"))
    assert world.golden(second.customer).phones == (C, B)
    assert second.customer == first.customer
    assert second.answer.contact_info is not None and second.answer.contact_info.phone == C
    assert rows(second.answer)["Phones"] == f"in CRM {C}, visitor gave {B}: both kept"


def test_a_phone_that_differs_only_in_writing_is_the_same_phone() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=A, phone="+90 532 000 00 03"))
    again = world.tell(accepted(2, number=2, email=A, phone="0532 000 00 03"))
    assert world.golden(again.customer).phones == (C,)
    assert "Phones" not in rows(again.answer)


def test_a_phone_of_somebody_with_another_email_makes_a_new_customer_and_one_review() -> None:
    world = World()
    first = world.tell(accepted(1, number=1, email=Y, phone=B))
    second = world.tell(accepted(2, number=2, email=A, phone=B))
    world.tell(accepted(3, number=2, email=A, phone=B))
    assert second.customer != first.customer
    (review,) = world.reviews()
    assert {review.a, review.b} == {first.customer, second.customer}
    assert review.why == "The two share a phone; email disagrees."
    assert rows(second.answer)["Possible duplicate"] == "1 to look at"


def test_a_phone_of_somebody_without_email_finds_him_and_the_email_is_added() -> None:
    world = World()
    first = world.tell(accepted(1, number=1, phone=B))
    second = world.tell(accepted(2, number=2, email=A, phone=B))
    assert second.customer == first.customer
    assert world.golden(first.customer).emails == (A,)


def test_another_email_from_the_same_browser_is_another_person() -> None:
    world = World()
    p = world.tell(accepted(1, number=1, email=A))
    q = world.tell(accepted(2, number=1, email=Y))
    assert p.customer != q.customer
    assert [r.why for r in world.reviews()] == ["The two share a browser; email disagrees."]


def test_an_agent_who_mends_a_mistyped_email_makes_no_second_person() -> None:
    world = World()
    world.tell(accepted(1, number=1, email="typo@example.com"))
    world.tell(updated(1, number=1, email=A))
    (golden,) = world.everybody()
    assert golden.emails == (A, "typo@example.com")  # what the agent corrected outranks what was typed


def test_the_nameless_visitor_becomes_the_known_customer_while_the_agent_watches() -> None:
    world = World()
    known = world.tell(accepted(1, number=1, name="Deniz", email=A, phone=C))
    world.tell(accepted(2, number=2))
    done = world.tell(updated(2, number=2, email=A))
    assert done.answer.contact_info is not None and done.answer.contact_info.phone == C
    (golden,) = world.everybody()
    assert (golden.id, golden.chats, len(golden.merged)) == (known.customer, 2, 1)
    (edge,) = [world.ask(lambda txn, id=id: edges.get(txn, id)) for id in golden.merged]  # type: ignore[misc]
    assert edge is not None and edge.rule == "provisional"


def test_every_id_ever_given_out_resolves_also_after_it_was_merged() -> None:
    world = World()
    known = world.tell(accepted(1, number=1, email=A))
    nameless = world.tell(accepted(2, number=2))
    world.tell(updated(2, number=2, email=A))
    assert world.golden(nameless.customer).id == known.customer


def test_an_established_customers_chat_never_moves_it_opens_a_review() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=A))
    p = world.tell(accepted(2, number=1, email=A))
    y = world.tell(accepted(3, number=9, email=Y))
    done = world.tell(updated(2, number=1, email=Y))
    assert done.customer == p.customer
    assert {(r.a, r.b) for r in world.reviews()} == {tuple(sorted((str(p.customer), str(y.customer))))}


def test_client_updated_is_about_its_card() -> None:
    world = World()
    p = world.tell(accepted(1, number=5200, email=A))
    done = world.tell(client(5200, email="other@example.com", name="Deniz"))
    assert done.customer == p.customer
    (reason,) = [r for r in world.reasons(str(p.customer)) if r.seq == done.seq]
    assert (reason.rule, reason.key and reason.key.value) == ("subject", "main:5200")


def test_an_event_without_any_key_makes_nobody_and_waits_for_its_chat() -> None:
    world = World()
    waiting = world.tell(accepted(1, name="Deniz"))
    assert (waiting.customer, world.everybody()) == (None, [])
    assert rows(waiting.answer) == {None: "Not a known customer"}
    known = world.tell(updated(1, email=A))
    (golden,) = world.everybody()
    assert (golden.name, golden.chats) == ("Deniz", 1)
    assert [(r.seq, r.rule) for r in world.reasons(golden.id)] == [(waiting.seq, "later"), (known.seq, "new")]


def test_a_key_shared_by_five_customers_no_longer_decides() -> None:
    world = World()
    shared = {"phone": B}
    for i in range(5):
        world.tell(accepted(i, number=i + 1, email=f"p{i}@example.com", **shared))
    sixth = world.tell(accepted(9, number=9, **shared))
    assert len(world.everybody()) == 6
    (reason,) = world.reasons(str(sixth.customer))
    assert [why for _, why in reason.dropped] == ["shared by 5 customers or more"]
    assert world.golden(sixth.customer).phones == (B,)  # dropped from deciding, kept as a claim


@pytest.mark.parametrize("token", ["anonymous", "0", "[object Object]", "3c077929b8_12175"])
def test_placeholder_tokens_never_bring_two_people_together_and_are_kept(token: str) -> None:
    world = World()
    first = world.tell(accepted(1, number=1, token=token))
    second = world.tell(accepted(2, number=2, token=token))
    assert first.customer != second.customer
    assert world.golden(first.customer).others == (token,)


def test_other_tokens_keep_people_apart_whatever_they_type() -> None:
    world = World()
    p = world.tell(accepted(1, number=1, token="one-17", email=A))
    q = world.tell(accepted(2, number=1, token="two-18", email=A))
    assert p.customer != q.customer


def test_accounts_do_not_share_chat_ids_nor_visitor_numbers() -> None:
    world = World()
    other = Origin(channel="second", account="second", region="TR")
    here = world.tell(accepted(1, number=1, name="Ali"))
    there = world.tell(accepted(1, number=1, name="Veli"), origin=other)
    assert here.customer != there.customer
    assert world.golden(there.customer).name == "Veli"


def test_loop_guard_what_we_told_the_card_is_no_evidence_when_it_comes_back() -> None:
    world = World()
    world.tell(accepted(1, number=1, name="Deniz", email=A, phone=C))
    world.tell(accepted(2, number=2, email=A, phone=B))
    done = world.tell(updated(2, number=2, email=A, phone=C, name="Deniz"))
    assert world.golden(done.customer).phones == (C, B)
    assert "Phones" not in rows(done.answer)


def test_loop_guard_what_we_told_the_card_still_says_who_it_is() -> None:
    world = World()
    known = world.tell(accepted(1, number=1, name="Ali", email=A, phone=C))
    world.tell(accepted(2, number=7, phone=C))  # card 7 is told A
    world.tell(accepted(3, number=7, name="Zeynep", email=Y))
    assert world.tell(accepted(4, number=7, email=A)).customer == known.customer


def test_loop_guard_ends_for_a_value_that_the_agent_changed_and_then_restored() -> None:
    world = World()
    world.tell(accepted(1, number=1, name="Ali", email=A))
    world.tell(accepted(2, number=2, email=A))  # card 2 is told Ali
    world.tell(updated(2, number=2, email=A, name="Aly"))
    done = world.tell(updated(2, number=2, email=A, name="Ali"))
    assert world.golden(done.customer).name == "Ali"


@pytest.mark.parametrize("number", [0, "0", "null"])
def test_no_card_number_is_no_common_card(number: object) -> None:
    world = World()
    known = world.tell(accepted(1, number=1, email=A, phone=C))
    world.tell(accepted(2, number=number, phone=C))
    assert world.tell(accepted(3, number=number, email=A)).customer == known.customer


@pytest.mark.parametrize("chat", ["null", "undefined", "NaN"])
def test_a_placeholder_for_a_chat_id_is_no_chat(chat: str) -> None:
    world = World()
    first = world.tell(accepted(chat, number=1, email=A))
    assert world.tell(accepted(chat, number=2, email=Y)).customer != first.customer


def test_the_states_of_a_call_without_a_chat_are_one_conversation() -> None:
    world = World()
    for status in ("start", "agent_connected", "end"):
        call = {"type": "incoming", "phone": B, "status": status}
        done = world.tell({"event_name": "call_event", "visitor": {"number": 3}, "call": call})
    (chat,) = world.chats(str(done.customer))
    assert len(chat.seqs) == 3


def test_a_reopened_chat_keeps_the_messages_of_both_ends() -> None:
    world = World()
    first, second = ({"message": text, "type": "visitor"} for text in ("first", "after reopening"))
    world.tell(finished(1, number=1, messages=[first]))
    world.tell(finished(1, number=1, messages=[second]))
    world.tell(finished(1, number=1, messages=[{"message": "", "type": "visitor"}]))
    whole = world.ask(lambda txn: transcript(txn, "main", "chat:1"))
    assert whole is not None and [m.text for m in whole.messages] == ["first", "after reopening"]


def test_the_panel_says_what_found_the_known_customer_and_new_only_of_the_new() -> None:
    world = World()
    world.tell(accepted(1, number=1, name="Deniz", email=A))
    opening = accepted(2, number=2)
    world.tell(opening)
    assert "matched by e-mail" in rows(world.tell(updated(2, number=2, email=A)).answer)["Customer"]
    assert "New" not in rows(world.tell(opening).answer)["Customer"]


def test_a_review_of_two_who_became_one_is_no_longer_counted() -> None:
    world = World()
    world.tell(accepted(1, number=1, name="X", email="x@example.com", phone=B))
    world.tell(accepted(2, number=2, email=Y, phone=B))
    done = world.tell(updated(2, number=2, email="x@example.com"))
    assert "Possible duplicate" not in rows(done.answer)


def test_loop_guard_holds_for_the_next_chat_of_the_same_card() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=A, phone=C))
    world.tell(accepted(2, number=2, email=A))
    done = world.tell(accepted(3, number=2, email=A, phone=C))
    phones = [c for c in _claims(world, done) if c[0] == "phone"]
    assert phones == [("phone", C, "visitor", 1)]


def _claims(world: World, done: Ingested) -> list[tuple[Any, ...]]:
    record = world.ask(lambda txn: customers.get(txn, str(done.customer)))
    assert record is not None
    return [(c.attribute, c.value, c.source, c.seq) for c in record.claims]


def test_what_the_card_said_by_itself_stays_evidence() -> None:
    world = World()
    world.tell(accepted(1, number=1, name="Ali", email=A))
    world.tell(accepted(2, number=1, name="Veli", email=A))
    done = world.tell(accepted(3, number=1, name="Ali", email=A, phone=B))
    assert world.golden(done.customer).name == "Ali"


def test_repeated_body_gets_the_full_answer_again_and_is_counted() -> None:
    world = World()
    first = world.tell(accepted(1, number=1, email=A))
    world.tell(accepted(2, number=1, email=A))
    again = world.tell(accepted(1, number=1, email=A))
    assert again.repeated and again.seq == first.seq
    assert again.answer.contact_info == first.answer.contact_info
    assert world.golden(first.customer).chats == 2


def test_a_late_duplicate_of_stale_data_does_not_win() -> None:
    world = World()
    world.tell(accepted(1, number=1, name="Old Name", email=A))
    world.tell(accepted(2, number=1, name="New Name", email=A))
    done = world.tell(accepted(1, number=1, name="Old Name", email=A))
    assert world.golden(done.customer).name == "New Name"


def test_a_second_chat_finished_completes_the_first() -> None:
    world = World()
    one = {"message": "hello", "timestamp": 1_763_800_000, "type": "visitor"}
    two = {"message": "hi", "timestamp": 1_763_800_009, "type": "agent", "agent_id": 3}
    world.tell(finished(1, number=1, messages=[one]))
    done = world.tell(finished(1, number=1, messages=[one, two]))
    whole = world.ask(lambda txn: transcript(txn, "main", "chat:1"))
    assert whole is not None and [m.text for m in whole.messages] == ["hello", "hi"]
    assert len(world.chats(str(done.customer))) == 1


def test_history_is_newest_first_and_pages_over_the_whole_family() -> None:
    world = World()
    for chat in range(1, 8):
        done = world.tell(accepted(chat, number=1 + chat % 2, email=A))
    refs = [c.ref for c in world.chats(str(done.customer))]
    assert refs == [f"chat:{i}" for i in range(7, 0, -1)]
    page, paged = None, []
    while rows_of_page := world.ask(lambda txn, before=page: history(txn, str(done.customer), 3, before)):  # type: ignore[misc]
        paged += [c.ref for c in rows_of_page]
        last = rows_of_page[-1]
        page = (last.at, last.account, last.ref)
    assert paged == refs


def test_find_by_every_key_by_id_and_by_name() -> None:
    world = World()
    done = world.tell(accepted(1, number=5127, token="crm|5127", name="İsmail Işık", email=A, phone=B))
    for query in (str(done.customer), "A@example.com", "0532 000 00 02", "crm|5127", "5127", "ismail", "ışık ism"):
        assert [g.id for g in world.find(query)] == [done.customer], query
    assert world.find("nobody@example.com") == []


def test_all_reviews_of_the_merged_are_counted_for_the_survivor() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=Y, phone=B))
    done = world.tell(accepted(2, number=2, email=A, phone=B))
    assert len(world.ask(lambda txn: reviews.of(txn, str(done.customer)))) == 1


def test_the_site_of_the_url_is_kept_with_the_entry() -> None:
    world = World()
    done = world.tell(accepted(1, number=1), origin=evolve(ORIGIN, site="outlet"))
    entry = world.ask(lambda txn: journal.get(txn, done.seq))
    assert entry is not None and entry.origin.site == "outlet"
