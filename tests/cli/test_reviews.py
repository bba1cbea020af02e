"""`jivod reviews`: who may be one, side by side; and what a key did."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.flow import doubts

from .conftest import Place, accepted

PHONE = "+905320000031"
A, B = "a@example.com", "b@example.com"


@pytest.fixture
def pair(bare: Place) -> tuple[str, str]:
    """Two customers who share a phone, the second with more chats."""
    bare.fill(
        accepted(1, number="1", email=A, phone=PHONE, name="Ali", description="one\ntwo\x1b"),
        accepted(2, number="2", email=B, phone=PHONE, name="Veli"),
        accepted(3, number="2", email=B),
    )
    return bare.id(A), bare.id(B)


def test_the_two_stand_side_by_side_with_a_proposal(bare: Place, pair: tuple[str, str]) -> None:
    a, b = pair
    lines = bare.run("reviews").stdout.splitlines()
    assert f"The two share a phone; email disagrees. (phone {PHONE})" in lines[0]
    assert lines[1].split() == ["id", a, b]
    assert [line.split() for line in lines if line.startswith("  *")] == [
        ["*", "name", "Ali", "Veli"],
        ["*", "emails", A, B],
    ]
    assert ["phones", PHONE, PHONE] in [line.split() for line in lines]
    assert f"  proposed       jivod merge {a} {b}  (more chats: 2 against 1)" in lines
    assert f"  or             jivod different {a} {b}" in lines
    assert lines[-1] == "1 open review"
    assert "\x1b" not in "".join(lines)


def test_long_labels_stand_apart_from_their_values(bare: Place, pair: tuple[str, str]) -> None:
    for id, name in zip(pair, ("ACME, Dept", "Bonsai"), strict=True):
        bare.run("edit", id, "organization", name)
    told = bare.run("reviews").stdout
    assert "  * organization  ACME, Dept" in told
    column = told.splitlines()[1].index(pair[0])
    assert all(line[column - 2 : column] == "  " for line in told.splitlines()[1:-2])
    shown = bare.run("show", pair[0]).stdout
    assert "  organization  ACME, Dept\n" in shown


def test_a_review_as_json_holds_both_customers_and_what_differs(bare: Place, pair: tuple[str, str]) -> None:
    shown = bare.json("reviews")
    (one,) = shown["reviews"]
    assert set(shown) == {"reviews"}
    assert (one["a"]["id"], one["b"]["id"], one["winner"]) == (*pair, pair[1])
    assert one["differing"] == {"name": {"a": ["Ali"], "b": ["Veli"]}, "emails": {"a": [A], "b": [B]}}
    assert one["review"]["key"] == {"kind": "phone", "value": PHONE}
    assert one["why"] == "more chats: 2 against 1"


def test_verified_data_go_before_more_chats(bare: Place, pair: tuple[str, str]) -> None:
    bare.run("edit", pair[0], "email", A, "--confirm")
    (one,) = bare.json("reviews")["reviews"]
    assert (one["winner"], one["why"]) == (pair[0], "verified data")


def test_an_answer_closes_the_review(bare: Place, pair: tuple[str, str]) -> None:
    bare.run("merge", *pair)
    done = bare.run("reviews")
    assert (done.exit_code, done.stdout) == (0, "0 open reviews\n")


def test_a_review_is_about_whoever_is_alive_now(bare: Place, pair: tuple[str, str]) -> None:
    bare.fill(accepted(9, number="9", email="c@example.com"))
    other = bare.id("c@example.com")
    bare.run("merge", pair[0], other)
    (one,) = bare.json("reviews")["reviews"]
    assert {one["a"]["id"], one["b"]["id"]} == {other, pair[1]}
    bare.run("merge", other, pair[1])
    assert bare.json("reviews")["reviews"] == []


@pytest.fixture
def crowd(bare: Place) -> list[str]:
    """Four customers, each new one sharing the phone with all before."""
    emails = [f"{name}@example.com" for name in ("p", "q", "r", "s")]
    bare.fill(*(accepted(n, number=str(n), email=email, phone=PHONE) for n, email in enumerate(emails, 1)))
    return [bare.id(email) for email in emails]


def test_the_newest_come_first_and_no_more_than_asked_for(
    bare: Place, crowd: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts, "PAGE", 2)
    every = bare.json("reviews")["reviews"]
    times = [one["review"]["at"] for one in every]
    assert len(every) == 6
    assert times == sorted(times, reverse=True)
    done = bare.run("reviews", "--limit", "2")
    assert done.stdout.endswith("2 open reviews or more: --limit\n")
    assert bare.json("reviews", "--limit", "2")["reviews"] == every[:2]


def test_of_several_reviews_of_one_pair_only_the_newest_is_shown(bare: Place, crowd: list[str]) -> None:
    every = bare.json("reviews")["reviews"]
    bare.run("merge", crowd[0], crowd[1])
    found = bare.json("reviews")["reviews"]
    seen = [{one["review"]["a"], one["review"]["b"]} for one in every]
    with_both = [at for at, pair in enumerate(seen) if crowd[2] in pair and pair & set(crowd[:2])]
    assert every[min(with_both)]["review"] in [one["review"] for one in found]
    pairs = [{one["a"]["id"], one["b"]["id"]} for one in found]
    assert len(pairs) == 3
    assert all(pairs.count(pair) == 1 for pair in pairs)


def test_who_was_told_apart_by_a_merge_is_left_out(bare: Place, crowd: list[str]) -> None:
    p, q, r, _ = crowd
    bare.run("different", p, r)
    bare.run("merge", q, p)  # q and r have an open review; p, whom q is part of now, and r are different
    assert {p, r} not in [{one["a"]["id"], one["b"]["id"]} for one in bare.json("reviews")["reviews"]]


def test_a_key_chooses_its_pairs_and_tells_what_it_did(bare: Place, pair: tuple[str, str]) -> None:
    bare.fill(accepted(8, number="8", phone=PHONE))
    shown = bare.json("reviews", "--key", "0532 000 00 31")
    assert set(shown) == {"reviews", "merges", "attachments"}
    assert (len(shown["reviews"]), shown["merges"]) == (1, [])
    (added,) = shown["attachments"]
    assert added["conversations"] == [{"account": "shop", "ref": "chat:8"}]
    assert added["customer"] == added["record"] in pair
    done = bare.run("reviews", "--key", PHONE).stdout
    assert "Merged because of this key: 0" in done
    assert f"Added to a customer for no reason but this key: 1\nshop/chat:8 of {added['customer']}" in done


def test_a_key_with_a_merge_tells_the_merge(bare: Place, pair: tuple[str, str]) -> None:
    nameless: dict[str, Any] = accepted(8, number="8")
    bare.fill(nameless, {**accepted(8, number="8", email=B), "event_name": "chat_updated"})
    (merge,) = bare.json("reviews", "--key", B)["merges"]
    assert (merge["winner"], merge["rule"], merge["by"]) == (pair[1], "provisional", None)
    assert merge["keys"] == [{"kind": "email", "value": B}]


def test_another_key_finds_nothing(bare: Place, pair: tuple[str, str]) -> None:
    assert bare.json("reviews", "--key", A) == {"reviews": [], "merges": [], "attachments": []}
    assert "KIND:VALUE" in bare.refused("reviews", "--key", "nonsense")
