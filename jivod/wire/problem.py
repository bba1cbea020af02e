"""Problem: why a request was not done, as RFC 9457 has it."""

from __future__ import annotations

from typing import NotRequired, TypedDict

import orjson


class Problem(TypedDict):
    """The body; `errors` names the places that are wrong."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: NotRequired[list[dict[str, str]]]


PROBLEM_TYPE = "urn:jivod:problem:"


def write(
    status: int, title: str, code: str, detail: str, request_id: str, errors: list[dict[str, str]]
) -> bytes:
    """The body of a refusal."""
    told = Problem(
        type=PROBLEM_TYPE + code, title=title, status=status, detail=detail, code=code, request_id=request_id
    )
    if errors:
        told["errors"] = errors
    return orjson.dumps(told)
