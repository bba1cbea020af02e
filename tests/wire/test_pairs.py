"""Names with values in all their shapes: campaign, attributes, social profiles."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.wire import pairs

LINK = "https://social.example/a"
OTHER = "http://social.example/b"


def noted(function: Any, *args: Any) -> tuple[Any, set[str]]:
    odd: set[str] = set()
    return function(*args, odd), odd


@pytest.mark.parametrize(
    "session, expected, names",
    [
        ({}, {}, set()),
        ({"utm": None, "utm_json": None}, {}, set()),
        ({"utm": "", "utm_json": {}}, {}, set()),
        ({"utm": "source=google|medium=cpc"}, {"source": "google", "medium": "cpc"}, set()),
        ({"utm": "source=a", "utm_json": {"source": "b"}}, {"source": "b"}, set()),
        ({"utm": "source=a", "utm_json": {"medium": "b"}}, {"source": "a", "medium": "b"}, set()),
        ({"utm": "source=a", "utm_json": {"source": " "}}, {"source": "a"}, set()),
        ({"utm": "keyword=k=1"}, {"term": "k=1"}, set()),
        ({"utm_json": {"keyword": "k", "term": "t"}}, {"term": "t"}, set()),
        ({"utm": "source|=x||medium="}, {}, set()),
        ({"utm": "term=%D0%BA%D0%BE"}, {"term": "ко"}, set()),
        ({"utm": "term=100%"}, {"term": "100%"}, set()),
        ({"utm": "term=a%00b"}, {"term": "a\ufffdb"}, {"control_character"}),
        ({"utm": {"source": "a"}}, {"source": "a"}, {"utm_as_object"}),
        ({"utm_json": [{"source": "a"}]}, {"source": "a"}, {"list_for_object"}),
        ({"utm_json": []}, {}, {"empty_list_for_object"}),
        ({"utm_json": "source"}, {}, {"not_an_object"}),
        ({"utm": 5}, {}, {"number_for_text"}),
        ({"utm_json": {"source": 5}}, {"source": "5"}, {"number_for_text"}),
        ({"utm_json": {"source": {"a": 1}}}, {}, {"not_text"}),
    ],
)
def test_the_campaign_is_merged_from_both_forms(session: Any, expected: Any, names: set[str]) -> None:
    assert noted(pairs.utm, session) == (expected, names)


@pytest.mark.parametrize(
    "value, expected, names",
    [
        ({"a": "x", "b": 42, "c": 1.5}, {"a": "x", "b": "42", "c": "1.5"}, set()),
        ({"a": True, "b": False}, {"a": "true", "b": "false"}, set()),
        ({"a": None, "b": " "}, {"a": None, "b": None}, set()),
        ({"a": 2**70}, {"a": str(2**70)}, set()),
        ({"a": {"z": 1, "b": ["ş"]}}, {"a": '{"b":["ş"],"z":1}'}, {"nested_attribute"}),
        ({"a": []}, {"a": "[]"}, {"nested_attribute"}),
        ({"a": ["\ud800"]}, {"a": '["\ufffd"]'}, {"nested_attribute", "lone_surrogate"}),
        ({" ": "x"}, {}, {"attribute_without_name"}),
        ([{"a": 1}, {"b": 2, "c": 3}], {"a": "1", "b": "2", "c": "3"}, {"attributes_as_list"}),
        ([{"name": "a", "value": 1}], {"a": "1"}, {"attributes_as_list"}),
        ([["a", 1], ["b", 2]], {"a": "1", "b": "2"}, {"attributes_as_list"}),
        ([{"a": 1}, {"a": 2}], {"a": "2"}, {"attributes_as_list"}),
        ([5, ["a"], None], {}, {"attributes_as_list", "attribute_without_name"}),
        ([[{}, 1]], {}, {"attributes_as_list", "attribute_without_name", "not_text"}),
        ([], {}, {"empty_list_for_object"}),
        ({}, {}, set()),
        (None, {}, set()),
        ("x", {}, {"not_an_object"}),
    ],
)
def test_attributes_are_read_from_every_shape(value: Any, expected: Any, names: set[str]) -> None:
    assert noted(pairs.attributes, value) == (expected, names)


def test_at_most_100_attributes_are_kept_by_name() -> None:
    found, odd = noted(pairs.attributes, {f"{number:03}": number for number in range(200, 0, -1)})
    assert list(found) == [f"{number:03}" for number in range(1, 101)]
    assert odd == {"too_many_items"}


@pytest.mark.parametrize(
    "value, expected, names",
    [
        (None, [], set()),
        ([], [], set()),
        ({}, [], set()),
        ("", [], set()),
        ({"social_profiles": [{"type_name": "vk", "url": LINK}]}, [LINK], set()),
        ({"socialProfiles": [{"typeName": "vk", "url": LINK}]}, [LINK], set()),
        ({"social_profiles": [{"name": "vk", "link": LINK}], "photos": ["x"]}, [LINK], set()),
        ({"social_profiles": {"0": {"url": LINK}}}, [LINK], {"object_for_list"}),
        ({"social_profiles": None, "socialProfiles": [{"url": LINK}]}, [LINK], set()),
        ({"vk": LINK, "facebook": OTHER}, [OTHER, LINK], set()),
        ({"vk": {"url": LINK}}, [LINK], set()),
        ({"type_name": "vk", "url": LINK}, [LINK], {"object_for_list"}),
        ([{"url": LINK}, OTHER], [LINK, OTHER], set()),
        ([LINK, LINK], [LINK], set()),
        (LINK, [LINK], set()),
        ({"demographics": {"city": "x"}, "photos": []}, [], set()),
        ({"vk": "my.name"}, [], {"social_without_link"}),
        ({"vk": None}, [], {"social_without_link"}),
        (["javascript:alert(1)"], [], {"social_without_link"}),
        (["https:evil.example", "//evil.example", "ftp://a.example", "https:///x"], [], {"social_without_link"}),
        (["https://a.example/x y"], [], {"social_without_link"}),
        (["HTTPS://A.example"], ["HTTPS://A.example"], set()),
        (["https://a.example/" + "x" * 2048], [], {"cut_text", "social_without_link"}),
        (["https://a.example/\x00"], ["https://a.example/\ufffd"], {"control_character"}),
        (5, [], {"not_a_list"}),
    ],
)
def test_f029_social_profiles_are_their_links(value: Any, expected: Any, names: set[str]) -> None:
    assert noted(pairs.social, value) == (tuple(expected), names)


def test_at_most_100_links_are_kept() -> None:
    found, odd = noted(pairs.social, [f"https://a.example/{number}" for number in range(150)])
    assert (len(found), odd) == (100, {"too_many_items"})
