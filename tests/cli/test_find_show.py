"""`jivod find` and `jivod show`: the customers of the demo, for people and for programs."""

from __future__ import annotations

import pytest

from jivod.cli.stories import Numbers

from .conftest import RUN

SHOWN = {"id", "name", "emails", "phones", "description", "attributes", "contested", "merged", "chats"}
NUMBERS = Numbers(RUN)


@pytest.fixture
def ayse(place):
    (found,) = place.json("find", "ayse.demir@example.com")
    return found


@pytest.mark.parametrize(
    "query",
    ["mehmet.kaya@example.com", "MEHMET.KAYA@EXAMPLE.COM", "+90 532 000 00 21", "0532 0000022", "kaya", "Mehmet Kaya"],
)
def test_a_customer_is_found_by_whatever_is_known(place, query):
    (found,) = place.json("find", query)
    assert found["name"] == "Mehmet Kaya"
    assert set(found) >= SHOWN


def test_a_visitor_number_is_looked_up_in_the_configured_accounts(place, ayse):
    (found,) = place.json("find", NUMBERS.visitor(1))
    assert found["id"] == ayse["id"]


def test_the_words_of_a_query_may_stand_apart(place):
    assert place.run("find", "mehmet", "kaya").stdout.startswith(place.json("find", "kaya")[0]["id"])


def test_a_found_customer_is_one_line(place):
    line = place.run("find", "kaya").stdout
    assert line.count("\n") == 1
    assert "Mehmet Kaya  mehmet.kaya@example.com  +905320000021  2 chats" in line


def test_nobody_found_is_a_sentence_and_1(place):
    done = place.run("find", "nobody@example.com")
    assert done.exit_code == 1
    assert done.stderr == "jivod: no customer was found\n"
    assert place.run("find", "nobody@example.com", "--json").stdout == "[]\n"


@pytest.mark.parametrize("query", ["-rf", "--json", "\x1b[2J", "zz\udcff", "x" * 5000, " "])
def test_odd_queries_find_nobody_and_do_no_harm(place, query):
    done = place.run("find", "--", query)
    assert done.exit_code == 1
    assert "\x1b" not in done.output


def test_show_tells_who_and_the_newest_conversation_first(place, ayse):
    done = place.run("show", ayse["id"])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == f"Ayşe Demir  {ayse['id']}"
    assert f"https://crm.example.com/customers/{ayse['id']}" in lines[1]
    refs = [word for line in lines for word in line.split() if word.startswith("chat:")]
    assert refs == [f"chat:{NUMBERS.chat(n)}" for n in (6, 5, 2, 1)]


def test_the_late_email_made_a_stranger_known(place, ayse):
    assert len(ayse["merged"]) == 1
    assert place.json("show", ayse["merged"][0])["id"] == ayse["id"]


def test_both_phones_are_kept_and_the_first_leads(place):
    (found,) = place.json("find", "kaya")
    assert found["phones"] == ["+905320000021", "+905320000022"]


def test_show_as_json_holds_the_customer_the_link_and_the_history(place, ayse):
    shown = place.json("show", ayse["id"])
    assert set(shown) >= SHOWN
    assert shown["crm_link"].endswith(f"/customers/{ayse['id']}")
    assert [row["ref"] for row in shown["history"]] == [f"chat:{NUMBERS.chat(n)}" for n in (6, 5, 2, 1)]
    assert shown["chats"] == len(shown["history"])
    assert shown["history"][-1]["rate"] == "positive"


def test_fewer_conversations_may_be_asked_for(place, ayse):
    done = place.run("show", ayse["id"], "--limit", "1")
    assert done.stdout.count("chat:") == 1
    assert "--limit" in done.stdout


@pytest.mark.parametrize("ref", ["chat:{0}", "{0}", "shop/chat:{0}"])
def test_a_conversation_is_shown_with_all_that_was_said(place, ayse, ref):
    done = place.run("show", ayse["id"], "--chat", ref.format(NUMBERS.chat(1)))
    assert done.exit_code == 0
    assert "visitor: Where is my parcel?" in done.stdout
    assert "agent: It comes today." in done.stdout
    assert "Deniz <deniz@example.com>" in done.stdout


def test_a_call_is_shown_with_its_states(place, ayse):
    done = place.run("show", ayse["id"], "--chat", str(NUMBERS.chat(6)))
    assert "incoming · start · 905320000011" in done.stdout
    assert "incoming · end · 905320000011" in done.stdout


def test_a_conversation_as_json_holds_its_messages(place, ayse):
    whole = place.json("show", ayse["id"], "--chat", str(NUMBERS.chat(1)))
    assert [message["text"] for message in whole["messages"]] == ["Where is my parcel?", "It comes today."]
    assert whole["chat"]["ref"] == f"chat:{NUMBERS.chat(1)}"


def test_hidden_messages_fall_back_to_the_plain_transcript(bare):
    visitor = {"name": "Kemal", "email": "kemal@example.com", "number": "1"}
    hidden = {"type": "visitor", "timestamp": RUN, "message": "<Message text is not displayed here>"}
    bare.fill(
        {
            "event_name": "chat_finished",
            "widget_id": "w",
            "chat_id": 1,
            "visitor": visitor,
            "agents": [],
            "chat": {"messages": [hidden]},
            "plain_messages": "Kemal: hello\nDeniz: good day",
        }
    )
    (found,) = bare.json("find", "kemal")
    done = bare.run("show", found["id"], "--chat", "1")
    assert "(text not sent)" in done.stdout
    assert "  Kemal: hello\n  Deniz: good day\n" in done.stdout


def test_why_tells_the_reason_of_every_event(place, ayse):
    done = place.run("show", ayse["id"], "--why")
    assert "Why: 9 events" in done.stdout
    assert "key, email ayse.demir@example.com" in done.stdout
    assert f"took in the provisional {ayse['merged'][0]}" in done.stdout
    assert len(place.json("show", ayse["id"], "--why")["reasons"]) == 9


def test_why_tells_rivals_and_dropped_keys(bare):
    def accepted(chat: int, **visitor: str) -> dict[str, object]:
        return {"event_name": "chat_accepted", "widget_id": "w", "chat_id": chat, "visitor": visitor}

    bare.fill(
        accepted(1, number="1", email="a@example.com", phone="+905320000031"),
        accepted(2, number="2", email="b@example.com", phone="+905320000031"),
        accepted(3, number="3", email="b@example.com", phone="444 1 444"),
    )
    (found,) = bare.json("find", "b@example.com")
    (other,) = bare.json("find", "a@example.com")
    shown = bare.run("show", found["id"], "--why").stdout
    assert f"not {other['id']}: phone" in shown
    assert "phone not used: " in shown


def test_an_unknown_id_is_refused(place):
    done = place.run("show", "nobody")
    assert done.exit_code == 1
    assert "there is no customer of this id" in done.stderr


def test_an_unknown_conversation_is_refused(place, ayse):
    done = place.run("show", ayse["id"], "--chat", "nope")
    assert done.exit_code == 1
    assert "no such conversation" in done.stderr


def test_a_hostile_name_cannot_steer_the_terminal(bare):
    visitor = {"name": "Evil\x1b[2J\n\u202eName", "email": "evil@example.com", "description": "one\ntwo\x9b"}
    bare.fill({"event_name": "chat_accepted", "widget_id": "w", "chat_id": 1, "visitor": visitor})
    (found,) = bare.json("find", "evil@example.com")
    for done in (
        bare.run("find", "evil@example.com"),
        bare.run("show", found["id"]),
        bare.run("show", found["id"], "--json"),
    ):
        assert done.exit_code == 0
        assert not any(c in done.output for c in "\x1b\x9b\u202e")
