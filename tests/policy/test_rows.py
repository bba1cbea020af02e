"""The operator's rows: tried out before they are used, filled in for each answer, never worse than no rows."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.answer import ROWS_MAX, Row
from jivod.model.customer import Contested, GoldenRecord
from jivod.model.entry import Origin
from jivod.model.errors import BadConfig
from jivod.model.event import ChatAccepted, Visitor
from jivod.model.written import ALWAYS, CONTESTED, NEW, VERIFIED, WHEN, RowDraft, Written
from jivod.policy import front, identity
from jivod.policy.front import Front
from jivod.policy.reply import Panel, answer, contact_info
from jivod.policy.rows import SLOW, Rows
from jivod.policy.view import Scene
from jivod.wire import jivo
from tests.policy.test_reply import PANEL, panels

URL = Written("https://crm.example.com/api?email={{ customer.email }}", "jivod.toml:9")
PROVEN = Written("https://crm.example.com/api/{{ customer.token }}", "jivod.toml:9")
ORIGIN = Origin(channel="shop", account="main")
EVENT = ChatAccepted(event_name="chat_accepted", visitor=Visitor(name="Ali"))


def row(content: str, when: str = ALWAYS, **parts: str) -> RowDraft:
    others = {name: Written(text, f"jivod.toml:{name}") for name, text in parts.items()}
    return RowDraft(content=Written(content, "jivod.toml:5"), when=when, **others)


def prepared(*drafts: RowDraft, url: Written | None = URL, seconds: Any = lambda: 0.0) -> Front:
    return front.prepare(drafts, url, ("balance", "plan") if url else (), "en", seconds)


def rows(*drafts: RowDraft) -> Rows:
    return prepared(*drafts).rows


def scene(panel: Panel = PANEL, **golden: Any) -> Scene:
    return Scene(panel=evolve(panel, golden=evolve(panel.golden, **golden)), event=EVENT, origin=ORIGIN)


def fault(*drafts: RowDraft, **options: Any) -> str:
    with pytest.raises(BadConfig) as caught:
        prepared(*drafts, **options)
    return str(caught.value)


def test_a_row_with_all_its_parts() -> None:
    made = rows(
        row(
            "{{ lookup.balance | currency('EUR') }}",
            title="Balance of {{ customer.name }}",
            key="{{ channel.name }}",
            link="https://crm.example.com/?q={{ customer.email }}",
        )
    )
    shown, missing = made.fill(scene(), {"balance": 12.5})
    assert missing == 0
    assert shown == (
        Row(
            title="Balance of Ali",
            content="€12.50",
            key="shop",
            link="https://crm.example.com/?q=a%40example.com",
        ),
    )


@pytest.mark.parametrize(
    "draft",
    [
        row("{{ lookup.balance }}"),
        row("{{ lookup.plan | currency('EUR') }}"),
        row("x", title="{{ attributes.Nothing }}"),
        row("x", key="{{ last_chat.agent }}"),
        row(" {% if lookup.balance %}x{% endif %} "),
    ],
)
def test_what_is_not_known_or_does_not_fit_costs_its_row_and_no_other(draft: RowDraft) -> None:
    shown, missing = rows(draft, row("{{ customer.name }}")).fill(scene(), {"plan": "Gold"})
    assert ([r.content for r in shown], missing) == (["Ali"], 1)


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("{{ attributes.url }}", "https://example.com/a?b=1"),
        ("{{ attributes.script }}", None),
        ("{{ attributes.Nothing }}", None),
        ("{{ attributes.two }}", None),
        ("https://example.com/{{ attributes.script }}", "https://example.com/javascript%3Aalert%281%29"),
        ("https://example.com/{{ attributes.up }}/x", None),
        ("{{ attributes.script }}{{ attributes.script }}", None),
    ],
)
def test_a_link_leads_to_the_web_or_is_left_out_alone(link: str, shown: str | None) -> None:
    attributes = {
        "url": "https://example.com/a?b=1", "script": "javascript:alert(1)", "up": "..",
        "two": "https://example.com https://example.org",
    }  # fmt: skip
    (found,), _ = rows(row("x", link=link)).fill(scene(attributes=attributes), {})
    assert (found.content, found.link) == ("x", shown)


@pytest.mark.parametrize("is_proven", [False, True])
@pytest.mark.parametrize("is_contested", [False, True])
@pytest.mark.parametrize("is_new", [False, True])
def test_when_a_row_is_shown(is_proven: bool, is_contested: bool, is_new: bool) -> None:
    doubts = (Contested(attribute="name", value="Veli", source="visitor", last_at=1),) if is_contested else ()
    panel = evolve(PANEL, verified=is_proven, rule=identity.NEW if is_new else identity.KEY)
    shown, missing = rows(*(row(when, when) for when in WHEN)).fill(scene(panel, contested=doubts, chats=1), {})
    wanted = {ALWAYS: True, VERIFIED: is_proven, CONTESTED: is_contested, NEW: is_new}
    assert [r.content for r in shown] == [when for when, is_wanted in wanted.items() if is_wanted]
    assert missing == 0


def test_that_a_customer_was_once_proven_opens_no_row_for_this_event() -> None:
    found = scene(evolve(PANEL, verified=False), verified=True)
    assert rows(row("secret", VERIFIED)).fill(found, {}) == ((), 0)


def test_nobody_is_asked_for_rows_that_stay_shut() -> None:
    shut, opened = rows(row("{{ lookup.balance }}", VERIFIED), row("x")), rows(row("x", title="{{ lookup.plan }}"))
    assert not shut.asks(evolve(PANEL, verified=False))
    assert shut.asks(PANEL) and opened.asks(evolve(PANEL, verified=False))


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (row("{{ customer.nme }}"), "5: content names customer.nme, which there is not; did you mean 'name'?"),
        (row("{{ costumer.id }}"), "5: content names costumer, which there is not; did you mean 'customer'?"),
        (row("x", title="{{ lookup.blance }}"), "title: title names lookup.blance, which there is not; did you mean"),
        (row("{{ customer.name.a }}"), "5: content names customer.name.a, but customer.name is a single value; write "),
        (row("{{ customer.name | uper }}"), "5: content uses the filter 'uper', which is not known here; did you mean"),
        (row("x", link="https://example.com/{{"), "link: link is no template ("),
        (row("{{ range(9) }}"), "5: content calls something, which has no place here; "),
        (row("{{ customer.name | number }}"), "5: this row cannot be made, whatever is known (this is not a number); "),
        (row("{{ attributes.A | currency('euros') }}"), "5: this row cannot be made, whatever is known (a currency "),
        (row("{{ customer }}"), "5: this row cannot be made, whatever is known (this is not a single value); "),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_what_to_do(draft: RowDraft, sentence: str) -> None:
    assert fault(draft).startswith(f"jivod.toml:{sentence}")


def test_all_faults_are_told_at_once() -> None:
    bad = Written("https://{{ customer.name }}.example.com/", "jivod.toml:9")
    lines = fault(row("{{ a }}"), row("fine"), row("{{ b }}"), url=bad).splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["jivod.toml:5", "jivod.toml:5", "jivod.toml:9"]


def test_without_a_look_up_there_is_nothing_of_it_to_show() -> None:
    assert "say under [lookup.attributes] what it is" in fault(row("{{ lookup.balance }}"), url=None)


@pytest.mark.parametrize(
    "content",
    ["{{ attributes.Birthday | date }}", "{{ attributes.Points | int }}", "{{ 'VIP' if attributes.Plan == 'vip' }}",
     "{{ event.utm.source }}", "{{ attributes | items | list }}", "{{ last_chat.date }} {{ last_chat.agent }}"],
)  # fmt: skip
def test_what_only_the_operator_knows_may_be_a_date_a_number_or_a_word(content: str) -> None:
    assert len(prepared(row(content)).rows.rows) == 1


def test_the_example_shows_how_a_row_looks() -> None:
    (made,) = rows(row("{{ lookup.balance | currency('EUR') }}", title="Balance")).rows
    assert made.example == Row(title="Balance", content="€1,234.50")


def test_a_row_that_takes_too_long_is_refused() -> None:
    now = iter(n * SLOW * 1.5 for n in range(100))
    assert "this row takes 0.007 seconds to make" in fault(row("x"), seconds=lambda: next(now))


def test_one_slow_moment_of_the_machine_is_no_fault() -> None:
    times = [0.0, 1.0, 1.0, 2.0, 2.0, 2.001]
    assert prepared(row("x"), seconds=lambda: times.pop(0)).rows.rows


@pytest.mark.parametrize(
    ("url", "note"),
    [(URL, "is looked up by what anybody may have typed"), (PROVEN, None)],
)
def test_a_row_for_proven_customers_should_be_looked_up_by_what_is_proven(url: Written, note: str | None) -> None:
    notes = prepared(row("{{ lookup.balance }}", VERIFIED), url=url).notes
    assert bool(notes) == (note is not None)
    assert all(note in said for said in notes if note)
    assert not prepared(row("{{ lookup.balance }}"), url=url).notes


def test_a_look_up_that_no_row_shows_is_told() -> None:
    (note,) = prepared(row("x")).notes
    assert note == "jivod.toml:9: no row shows anything of the look-up, so nobody is asked"


def test_own_rows_stand_behind_who_it_is_and_hide_no_doubt() -> None:
    golden = evolve(PANEL.golden, contested=(Contested(attribute="name", value="V", source="visitor", last_at=1),))
    panel = evolve(
        PANEL, golden=golden, open_reviews=2, possible=1, given={"phone": ("+2",), "email": ("b@example.com",)}
    )
    own = tuple(Row(content=str(n)) for n in range(12))
    assert [r.title or r.content for r in answer(panel, own).rows] == [
        "Customer", "0", "1", "2", "3", "Possible match", "Phones", "E-mails", "To be settled", "Possible duplicate",
    ]  # fmt: skip
    assert [r.title or r.content for r in answer(PANEL, own[:2]).rows] == ["Customer", "0", "1", "Chats so far"]


CONTENTS = (
    "{{ customer.name }}", "{{ customer.description }}", "{{ attributes | items | list }}", "{{ last_chat.date }}",
    "{{ attributes.Balance | currency('TRY') }}", "{{ customer.emails }}", "{{ event.visitor_name }}",
    "{{ lookup.balance | number }}",
    "{% for name, value in attributes | items %}{{ name }}={{ value }} {% endfor %}", "{{ counts.chats * 2 }}",
    "constant",
    "{{ customer.tags | join(customer.name) }}", "{{ attributes.__class__ }}", "{{ lookup.plan | date }}",
)  # fmt: skip
TEXTS = st.text(max_size=40) | st.sampled_from(
    ["{{ 7*7 }}", "{% for a in b %}", "__class__", "x" * 100_000, "\x00\x1b\r\n", "\ud800", "1e999999999", "٣"]
)
GOLDEN = st.builds(
    GoldenRecord, id=TEXTS, name=TEXTS, description=st.none() | TEXTS, tags=st.lists(TEXTS, max_size=3).map(tuple),
    attributes=st.dictionaries(TEXTS, TEXTS, max_size=5),
)  # fmt: skip
DRAFTS = st.builds(
    lambda content, title, link, when: row(content, when, title=title, link=link),
    st.sampled_from(CONTENTS),
    st.sampled_from(CONTENTS),
    st.sampled_from(["https://example.com/{{ customer.name }}", "{{ customer.description }}"]),
    st.sampled_from(WHEN),
)
LOOKED = st.dictionaries(st.sampled_from(["balance", "plan"]), TEXTS | st.integers() | st.floats() | st.booleans())


@given(st.lists(DRAFTS, max_size=14), panels, GOLDEN, TEXTS, LOOKED)
def test_whatever_the_rows_and_the_data_the_answer_is_good_and_the_contacts_are_the_same(
    drafts: list[RowDraft], panel: Panel, given_record: GoldenRecord, name: str, looked: dict[str, Any]
) -> None:
    golden = evolve(
        given_record, contested=panel.golden.contested, phones=panel.golden.phones, chats=panel.golden.chats
    )
    panel = evolve(panel, golden=golden)
    event = ChatAccepted(event_name=name, visitor=Visitor(name=name))
    own, _ = rows(*drafts).fill(Scene(panel=panel, event=event, origin=ORIGIN), looked)
    written = orjson.loads(jivo.write(answer(panel, own)))
    assert written["result"] == "ok"
    assert len(written["custom_data"]) <= ROWS_MAX
    assert all(isinstance(value, str) for shown in written["custom_data"] for value in shown.values())
    assert {k: written.get(k) for k in ("contact_info", "crm_link")} == {
        k: orjson.loads(jivo.write(answer(panel))).get(k) for k in ("contact_info", "crm_link")
    }
    assert answer(panel, own).contact_info == contact_info(golden)
    doubts = [r for r in answer(panel).rows if r.link and r.link.endswith("#contested")]
    assert [r for r in answer(panel, own).rows if r in doubts] == doubts
