"""Search: hits with why and where, pages that go on, and words that are looked for in the side file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from jivod.flow.following import follow, make_side, zone_of
from jivod.web.api import page
from tests.web.api.conftest import fill
from tests.web.api.counter import Counter
from tests.web.shop import open_shop


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Counter]:
    file = make_side(tmp_path, "UTC")
    counter = Counter(open_shop(file=lambda: file))
    fill(counter)
    follow(counter.shop.engine, file, zone_of("UTC"), 1000)
    yield counter
    file.close()


def test_a_key_a_name_and_what_was_said(full):
    (hit,) = full.get("/search?q=deniz%40example.com")["items"]
    assert (hit["why"], hit["customer"]["name"], hit["snippet"]) == ("email", "Deniz", [])
    assert hit["customer"]["crm_link"].endswith(hit["customer"]["id"])
    (hit,) = full.get("/search?q=AYSE")["items"]
    assert (hit["why"], hit["snippet"]) == ("name", [{"text": "Ayşe", "marked": True}])
    found = full.get("/search?q=hel")
    (hit,) = found["items"]
    assert (hit["why"], hit["account"], hit["ref"], hit["by"]) == ("message", "main", "chat:1", "visitor")
    assert (hit["customer"]["name"], hit["snippet"]) == ("Ayşe", [{"text": "hello", "marked": True}])
    assert (found["next"], found["behind"]) == (None, 0)


def test_pages(full):
    first = full.get("/search?q=%2B905320000001&limit=1")
    names = [first["items"][0]["customer"]["name"]]
    while first["next"]:
        first = full.get(f"/search?q=%2B905320000001&limit=1&cursor={first['next']}")
        names += [hit["customer"]["name"] for hit in first["items"]]
    assert sorted(names) == ["Ayşe", "Deniz"]


@pytest.mark.parametrize("query", ['"', "NEAR(", "*", "a AND", "'; DROP TABLE talk", "\u202e", "ş" * 200])
def test_any_text_is_a_search(full, query):
    assert full.get(f"/search?q={quote(query)}")["items"] == []


@pytest.mark.parametrize(
    "asked",
    ["", "?q=", f"?q={'x' * 201}", "?q=a&limit=0", "?q=a&cursor=zz", "?q=a&cursor=WyJzZWFyY2giLDksIjEiLDBd",
     "?q=a&cursor=WyJzZWFyY2giLDEsIngiLDBd", "?q=%ff", "?q=a&q=b"],
)  # fmt: skip
def test_what_is_no_search_is_400(full, asked):
    assert full.ask("GET", f"/search{asked}").status == 400


def test_a_cursor_from_far_away_is_a_place_all_the_same(full):
    cursor = page.write("search", 2, "9" * 19, page.END - 1)
    assert full.get(f"/search?q=hello&cursor={cursor}")["items"] == []


def test_without_the_side_file_keys_and_names_are_found(counter):
    fill(counter)
    found = counter.get("/search?q=ay%C5%9Fe")
    assert ([hit["why"] for hit in found["items"]], found["behind"]) == (["name"], None)
    assert counter.ask("GET", "/search?q=a", token=None).status == 401
