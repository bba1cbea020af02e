"""Openapi: the description of the API (OpenAPI 3.1), made of the route table and the classes it names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, get_args, get_origin

from jivod.model.access import SCOPES
from jivod.web.api.fields import LONGEST_ID
from jivod.web.api.idempotency import HEADER, LONGEST
from jivod.web.api.page import END
from jivod.web.api.parcel import TYPES
from jivod.web.api.route import Later, Route
from jivod.web.api.schema import Schema, Schemas
from jivod.wire.problem import Problem

VERSION = "1"
SECURITY = "bearer"
PROBLEM_TYPE = "application/problem+json"

_ALWAYS = (400, 401, 403, 408, 413, 429, 431, 500, 503)
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_TAG: Schema = {"schema": {"type": "string"}, "description": "The state of the customer."}
_PATH_TEXT = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
_PATH_NUMBER = {"type": "integer", "minimum": 0, "maximum": END}


def description(routes: Iterable[Route]) -> Schema:
    """All that a program must know to call the API."""
    schemas = Schemas()
    paths: dict[str, Schema] = {}
    for route in routes:
        path = _PARAMETER.sub(r"{\2}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schemas)
    schemas.of(Problem)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jivod",
            "version": VERSION,
            "description": "Customers, conversations and decisions. Times are UNIX milliseconds.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {SECURITY: {"type": "http", "scheme": "bearer", "description": _scopes()}},
        },
    }


def _operation(route: Route, schemas: Schemas) -> Schema:
    found: Schema = {
        "operationId": route.name,
        "summary": route.summary,
        "description": " ".join((route.work.__doc__ or "").split()),
        "security": [{SECURITY: [route.scope]}],
        "parameters": [*_of_path(route.path), *schemas.parameters(route.query), *_headers(route)],
        "responses": _responses(route, schemas),
    }
    if route.body is not None:
        content = {"application/json": {"schema": schemas.of(route.body, strict=True)}}
        found["requestBody"] = {"required": True, "content": content}
    if route.upload:
        found["requestBody"] = {"required": True, "content": {kind: {"schema": {}} for kind in TYPES}}
    return found


def _of_path(path: str) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATH_NUMBER if kind == "int" else _PATH_TEXT}
        for kind, name in _PARAMETER.findall(path)
    ]


def _headers(route: Route) -> list[Schema]:
    found: list[Schema] = []
    if route.method == "POST":
        limits = {"type": "string", "pattern": rf"^[!-~]{{1,{LONGEST}}}$"}
        found.append({"name": HEADER, "in": "header", "required": False, "schema": limits})
    if route.match or (route.writes and "<id>" in route.path):
        found.append({"name": "If-Match", "in": "header", "required": route.match, "schema": _tags()})
    if route.tagged and not route.writes:
        found.append({"name": "If-None-Match", "in": "header", "required": False, "schema": _tags()})
    return found


def _tags() -> Schema:
    return {"type": "string", "pattern": r'^(\*|"[!#-~]{0,100}")$'}


def _responses(route: Route, schemas: Schemas) -> Schema:
    answer: Schema = {
        "description": "Done.",
        "content": {"application/json": {"schema": _answer(route.answer, route, schemas)}},
    }
    if route.tagged:
        answer["headers"] = {"ETag": _TAG}
    found = {str(route.status): answer}
    if route.tagged and not route.writes:
        found["304"] = {"description": "You know this state already."}
    return found | {str(status): _refusal(status) for status in _refusals(route)}


def _refusals(route: Route) -> list[int]:
    found = {*_ALWAYS, *route.refusals}
    found |= {404} if "<" in route.path else set()
    found |= {415, 422} if route.body is not None or route.upload else set()
    found |= {422} if route.method == "POST" else set()
    found |= {412} if route.writes and "<id>" in route.path else set()
    return sorted(found | ({428} if route.match else set()))


def _refusal(status: int) -> Schema:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    found: Schema = {"description": HTTPStatus(status).phrase, "content": {PROBLEM_TYPE: problem}}
    if status in (429, 503):
        found["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    if status in (401, 403):
        found["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return found


def _answer(kind: Any, route: Route, schemas: Schemas) -> Schema:
    if isinstance(kind, Later):
        kind = kind.load()
    if get_origin(kind) is not list:
        return schemas.of(kind)
    by_number = any(parameter["name"] == "after" for parameter in schemas.parameters(route.query))
    cursor = {"type": ["integer" if by_number else "string", "null"]}
    items = {"type": "array", "items": schemas.of(get_args(kind)[0])}
    return {"type": "object", "properties": {"items": items, "next": cursor}, "required": ["items", "next"]}


def _scopes() -> str:
    return f"A token of `jivod token add`. Scopes, each of which allows what those before it do: {', '.join(SCOPES)}."
