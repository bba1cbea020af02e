"""Described: whether an answer of the API has the shape that the description gives it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jsonschema_rs

from jivod.web.api.api import ROUTES
from jivod.web.api.openapi import description
from tests.web.shop import Reply

_HELD = re.compile(r"\\\{\w+\\\}")


def fits(method: str, path: str, reply: Reply) -> bool:
    """Whether it is no answer that is described, or as it is. Raises the validator's error where it is not."""
    kind = reply.headers.get("Content-Type", "").partition(";")[0]
    validator = _validator(method.lower(), path.partition("?")[0], str(reply.status), kind)
    if validator is not None:
        validator.validate(reply.json)
    return True


@cache
def _described() -> dict[str, Any]:
    return description(ROUTES)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Each address as a pattern, those with fewer places to fill in first."""
    paths = sorted(_described()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(_HELD.sub("[^/]+", re.escape(path))), path) for path in paths]


@cache
def _validator(method: str, path: str, status: str, kind: str) -> Any:
    for pattern, template in _patterns():
        if pattern.fullmatch(path):
            return _compiled(method, template, status, kind)
    return None


@cache
def _compiled(method: str, template: str, status: str, kind: str) -> Any:
    described = _described()
    answer = described["paths"][template].get(method, {}).get("responses", {}).get(status, {})
    schema = answer.get("content", {}).get(kind, {}).get("schema")
    if schema is None:
        return None
    return jsonschema_rs.Draft202012Validator({**schema, "components": described["components"]})
