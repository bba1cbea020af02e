"""Laws: whatever comes is answered as described, in JSON; and whatever is done, the journal tells it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from jivod.web.api.api import ROUTES
from jivod.web.api.openapi import description
from jivod.web.api.route import Route
from tests.strategies.bodies import json_values
from tests.web.api.conftest import fill
from tests.web.api.counter import TOKENS, Counter, accepted
from tests.web.shop import Reply

DESCRIBED = description(ROUTES)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        name: st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=12)
        for name in (
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
            "Content-Type",
            "Content-Encoding",
            "X-Forwarded-For",
        )
    },
)
BODIES = st.one_of(
    st.none(),
    st.binary(max_size=40),
    json_values().map(lambda value: json.dumps(value).encode()),
    st.dictionaries(
        st.sampled_from(["name", "emails", "tags", "attributes", "into", "other", "tree", "value", "attribute", "id"]),
        json_values(max_leaves=4) | st.fixed_dictionaries({"add": st.lists(TEXTS, max_size=2)}),
        max_size=4,
    ).map(lambda value: json.dumps(value).encode()),
)


def filled(route: Route, values: list[str]) -> str:
    path = route.path
    for name, value in zip(("<id>", "<account>", "<path:ref>", "<int:number>"), values, strict=True):
        path = path.replace(name, quote(value, safe=""))
    return path


def is_as_described(route: Route, reply: Reply) -> bool:
    path = route.path.replace("<path:", "<").replace("<int:", "<").replace("<", "{").replace(">", "}")
    documented = {int(status) for status in DESCRIBED["paths"][path][route.method.lower()]["responses"]}
    if reply.status == 304:
        return reply.body == b""
    return reply.status in documented | {404, 405} and isinstance(reply.json, dict) and reply.status != 500


@given(
    route=st.sampled_from(ROUTES),
    values=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), min_size=4, max_size=4),
    query=st.dictionaries(st.sampled_from(["limit", "cursor", "after", "q", "id", "x"]) | TEXTS, TEXTS, max_size=3),
    body=BODIES,
    headers=HEADERS,
    token=st.sampled_from([*TOKENS.values(), *TOKENS.values(), None]),
)
def test_whatever_comes_is_answered_as_described(
    route: Route,
    values: list[str],
    query: dict[str, str],
    body: bytes | None,
    headers: dict[str, str],
    token: str | None,
) -> None:
    counter = Counter()
    fill(counter)
    ids = [card["id"] for card in counter.get("/customers")["items"]]
    values = [ids[len(one) % 3] if len(one) % 2 else one for one in values]
    before = counter.rows()
    asked = "&".join(
        f"{quote(name, errors='replace')}={quote(value, errors='replace')}" for name, value in query.items()
    )
    path = filled(route, values) + (f"?{asked}" if asked else "")
    reply = counter.ask(route.method, path, body, token=token, **headers)
    assert is_as_described(route, reply), (reply.status, reply.body)
    assert reply.status < 400 or counter.rows() == before
    assert counter.is_sound()


SOME = st.lists(st.sampled_from(["a@example.com", "b@example.com", "nobody", "ayse@example.com"]), max_size=3)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Ayşe A", None, " "]),
        "attributes": st.dictionaries(
            st.sampled_from(["Plan", "City"]), st.sampled_from(["x", None, "\0"]), max_size=2
        ),
        "emails": st.fixed_dictionaries({}, optional={"add": SOME, "remove": SOME, "confirm": SOME}),
    },
)


@given(CHANGES)
def test_a_change_is_done_whole_or_not_at_all(change: dict[str, Any]) -> None:
    counter = Counter()
    fill(counter)
    (card,) = counter.get("/customers?q=ayse@example.com")["items"]
    before = counter.rows()
    reply = counter.ask("PATCH", f"/customers/{card['id']}", change, If_Match="*")
    assert reply.status in (200, 422)
    if reply.status == 422:
        assert counter.rows() == before
    assert counter.is_sound()


EMAILS = st.sampled_from(["a@example.com", "b@example.com", "c@example.com"])
PICK = st.integers(0, 9)
STEPS = st.one_of(
    st.tuples(st.just("tell"), st.integers(1, 4), EMAILS),
    st.tuples(st.just("enter"), EMAILS, st.sampled_from(["Anna", "Deniz"])),
    st.tuples(st.just("name"), PICK, st.sampled_from(["Anna", "Deniz", None])),
    st.tuples(st.just("add"), PICK, EMAILS),
    st.tuples(st.just("remove"), PICK, EMAILS),
    st.tuples(st.sampled_from(["merge", "different", "unmerge"]), PICK, PICK),
)


@given(st.lists(STEPS, min_size=1, max_size=25))
def test_after_any_session_the_store_is_the_fold_of_its_journal_and_every_id_means_somebody(steps: list[Any]) -> None:
    counter, ids = Counter(), []
    for kind, one, other in steps:
        if kind == "tell":
            counter.tell(accepted(one, email=other))
        elif kind == "enter":
            ids.append(counter.enter(name=other, emails=[one])["id"])
        elif ids:
            reply = _do(counter, kind, ids, one, other)
            assert reply.status in (200, 409, 422), reply.body
        ids += [card["id"] for card in counter.get("/customers")["items"] if card["id"] not in ids]
    assert counter.is_sound()
    for id in ids:
        assert counter.get(f"/customers/{id}")["id"] in ids


def _do(counter: Counter, kind: str, ids: list[str], one: int, other: Any) -> Reply:
    id = ids[one % len(ids)]
    if kind in ("name", "add", "remove"):
        change = {"name": other} if kind == "name" else {"emails": {kind: [other]}}
        tag = counter.ask("GET", f"/customers/{id}").headers["ETag"]
        return counter.ask("PATCH", f"/customers/{id}", change, If_Match=tag)
    second = ids[other % len(ids)]
    body = {"merge": {"into": second}, "different": {"other": second}, "unmerge": {"tree": other % 2 == 0}}[kind]
    return counter.ask("POST", f"/customers/{id}/{kind}", body)


def test_a_content_type_of_two_lines_is_one_that_is_not_taken() -> None:
    counter = Counter()
    reply = counter.ask("POST", "/customers", b"{}", token=TOKENS["write"], **{"Content-Type": "\xc3\x850"})
    assert reply.status == 415
