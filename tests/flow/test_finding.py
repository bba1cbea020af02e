"""One box: keys first, then people by words, then what was said; any text is a query; pages hold each hit once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import finding, steward
from jivod.flow.query import ID
from jivod.model.claim import DESCRIPTION, NAME, ORGANIZATION
from jivod.model.contact import EMAIL, PHONE
from jivod.model.finding import MESSAGE
from jivod.policy.fold import fold
from tests.flow.beside import Beside, beside
from tests.flow.test_following import message
from tests.flow.world import accepted, finished
from tests.policy.test_fold import turkish_lower, turkish_upper

FIRST = 1_763_800_000  # UNIX seconds
CASES = (str.upper, str.lower, str.title, str.swapcase, turkish_upper, turkish_lower, fold)
SAID = (
    "Merhaba, kargom İstanbul'da kaldı",
    "IĞDIR şubesi açık mı?",
    "Здравствуйте! Где мой ёжик?",
    "你好，世界",
    "أهلاً وسهلاً بكم",
    "çok iyi 👍🏽",
    "sipariş no 4711, e-posta ali.veli@example.com",
    "Straße 12 — São Paulo",
)


@pytest.fixture(scope="module")
def full() -> Iterator[Beside]:
    with beside() as live:
        for number, text in enumerate(SAID, 1):
            live.world.tell(finished(number, messages=[message(text, 1_763_800_000 + number)], number=number))
        live.world.tell(accepted(20, name="Kargo Ltd Şti", email="k@example.com", number=20))
        live.world.tell(accepted(21, name="Ayşe Yılmaz", description="kargo müşterisi", number=21))
        live.follow()
        yield live


@pytest.mark.parametrize(
    ("query", "snippet"),
    [
        ("istanbul", "[İstanbul]'da"),
        ("ISTANBUL", "[İstanbul]'da"),
        ("igdir", "[IĞDIR]"),
        ("ığdır", "[IĞDIR]"),
        ("IĞDIR ŞUBE", "[IĞDIR] [şubesi]"),
        ("где мой ежик", "[Где] [мой] [ёжик]"),
        ("世界", "你好，[世界]"),
        ("اهلا", "[أهلاً]"),
        ("👍", "[👍🏽]"),
        ("ali.veli@example.com", "[ali].[veli]@[example].[com]"),
        ("veli@exam", "[veli]@[example]"),
        ("strasse sao", "[Straße] 12 — [São]"),
        ('"kargom istanbul"', "[kargom] [İstanbul]"),
        ("kar ista", ""),
        ("kargom ista", "[kargom] [İstanbul]"),
        ("4711", "[4711]"),
    ],
)
def test_words_are_found_however_they_are_typed(full, query, snippet):
    said = full.said(query)
    assert any(snippet in one for one in said) if snippet else said == []


def test_people_by_words_come_before_what_was_said_and_say_why(full):
    assert [hit.why for hit in full.all("kargo")] == [NAME, DESCRIPTION, MESSAGE]
    assert [hit.customer.name for hit in full.all("kargo sti")] == ["Kargo Ltd Şti"]


@pytest.mark.parametrize(("query", "why"), [("K@Example.com", EMAIL), ("20", "visitor")])
def test_a_key_comes_first_and_its_owner_once(full, query, why):
    hits = full.all(query)
    assert (hits[0].why, hits[0].customer.name) == (why, "Kargo Ltd Şti")
    assert [hit for hit in hits[1:] if hit.why != MESSAGE and hit.customer == hits[0].customer] == []


def test_an_id_and_a_phone_in_any_spelling():
    with beside() as live:
        told = live.world.tell(accepted(phone="+905320000033", name="Deniz"))
        live.follow()
        assert [hit.why for hit in live.all(told.customer)] == [ID]
        assert [hit.why for hit in live.all("0532 000 00 33")] == [PHONE]


def test_a_merge_and_its_undo_need_no_following():
    with beside() as live:
        one = live.world.tell(finished(1, messages=[message("kayıp paket")], email="a@example.com")).customer
        two = live.world.tell(accepted(2, email="b@example.com", name="Deniz")).customer
        live.follow()
        live.world.decide(steward.merge, one, two)
        assert [hit.customer.id for hit in live.all("paket")] == [two]
        assert [(hit.why, hit.customer.id) for hit in live.all("deniz")] == [(NAME, two)]
        live.world.decide(steward.unmerge, (one,))
        assert [hit.customer.id for hit in live.all("paket")] == [one]


def test_words_of_several_messages_of_one_conversation_find_it_once():
    with beside() as live:
        said = ["kargo gelmedi", "iade edin", "kargo"]
        live.world.tell(finished(1, messages=[message(text, FIRST + 60 * i) for i, text in enumerate(said)]))
        live.follow()
        assert live.said("kargo iade") == ["[kargo] gelmedi"]
        assert live.said('"gelmedi iade"') == []
        (hit,) = live.all("iade")
        assert (hit.by, hit.at, hit.account, hit.ref) == ("visitor", (FIRST + 60) * 1000, "main", "chat:1")


def test_an_offline_message_and_a_plain_transcript_are_found():
    with beside() as live:
        offline = {"event_name": "offline_message", "message": "arayın beni", "offline_message_id": "7"}
        live.world.tell({**offline, "widget_id": "w", "visitor": {"number": 5}})
        live.world.tell({**finished(2), "plain_messages": "Visitor: gizemli söz"})
        live.follow()
        assert (live.said("arayin"), live.said("gizemli")) == (["[arayın] beni"], ["Visitor: [gizemli] söz"])


def test_organisation():
    with beside() as live:
        live.world.tell({**accepted(name="Deniz", number=3), "organization": {"id": 1, "name": "Örnek A.Ş."}})
        live.follow()
        assert [hit.why for hit in live.all("ornek")] == [ORGANIZATION]


def test_without_the_file_keys_and_names_are_found_all_the_same():
    with beside() as live:
        live.world.tell(accepted(name="Ayşe Yılmaz", email="a@example.com"))
        found = live.find("ayse")
        assert ([hit.why for hit in found.hits], found.behind, found.next) == ([NAME], None, None)
        assert [hit.why for hit in live.find("a@example.com").hits] == [EMAIL]


def test_how_far_behind_it_is_is_told():
    with beside() as live:
        live.world.tell(accepted(1, name="Ayşe"))
        live.follow()
        live.world.tell(accepted(2, name="Ali"))
        assert live.find("ali").behind == 1


@pytest.mark.parametrize(("limit", "count"), [(1, 3), (2, 11), (7, 12), (3, 5), (20, 16)])
def test_pages_hold_each_hit_once_and_the_newest_windows_first(limit, count):
    with beside() as live:
        window, finding.WINDOW = finding.WINDOW, 5
        try:
            for number in range(count):
                said = [message(f"merhaba {number}", FIRST + number * 60)]
                live.world.tell(finished(number + 1, messages=said))
            live.follow()
            refs = [hit.ref for hit in live.all("merhaba", limit)]
        finally:
            finding.WINDOW = window
        assert sorted(refs) == sorted({f"chat:{number + 1}" for number in range(count)})
        newest = {f"chat:{number + 1}" for number in range(count)[-5:]}
        assert set(refs[: len(newest)]) == newest


@pytest.mark.parametrize(
    "query",
    ['"', '""', "'", "*", "NEAR(", "a AND", "OR", "NOT x", "^a", "a:b", "{a b}: c", "-", "--", "(((", "a\x00b",
     "\ud800",
     "'); DROP TABLE talk; --", "x" * 10_000, "a " * 5000, "%", "_", "\\", "﷽", "🏽", "\u202e", "talk_fts : x", "rank"],
)  # fmt: skip
def test_no_text_is_a_fault(full, query):
    assert isinstance(full.all(query), list)


@given(text=st.text(max_size=60))
def test_any_text_is_a_query(full, text):
    assert isinstance(full.all(text), list)


@given(data=st.data())
def test_what_was_said_is_found_by_any_of_its_words_in_any_case(full, data):
    number = data.draw(st.integers(0, len(SAID) - 1))
    said = fold(SAID[number]).split()
    first = data.draw(st.integers(0, len(said) - 1))
    last = data.draw(st.integers(first + 1, len(said)))
    how = data.draw(st.sampled_from(CASES))
    whole = how(SAID[number])
    assert f"chat:{number + 1}" in [hit.ref for hit in full.all(whole)]
    words = " ".join(said[first:last])
    assert f"chat:{number + 1}" in [hit.ref for hit in full.all(f'"{how(words)}"')]
    part = words[: data.draw(st.integers(min(len(words), 2), len(words)))]
    if not part.split()[-1:] or len(part.split()[-1]) >= 2:
        assert f"chat:{number + 1}" in [hit.ref for hit in full.all(how(part))]
