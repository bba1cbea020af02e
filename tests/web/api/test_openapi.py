"""Openapi: what is described is what is there: schemathesis asks every operation, good and bad, with all its checks."""

from __future__ import annotations

import json
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from attrs import evolve
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from jivod.model.errand import DONE
from jivod.store import errands
from jivod.store.kv import Txn
from jivod.web.api.api import ROUTES
from jivod.web.api.openapi import description
from tests.web.api.bridge import bridge
from tests.web.api.conftest import fill
from tests.web.api.counter import ADMIN, Counter

# Of what is well made, the store may still say that it cannot be: no e-mail, no such cursor, a state that is gone.
_FINE = ["2xx", "3xx", "400", "404", "409", "412", "422"]
_BAD = ["304", "400", "401", "404", "405", "409", "412", "413", "415", "422", "428", "431"]
EXAMPLES = max(3, settings().max_examples // 5)
CONFIG = SchemathesisConfig.from_dict({
    "phases": {"coverage": {"enabled": EXAMPLES > 3}},  # which makes its cases when tests are only collected
    "checks": {
        "positive_data_acceptance": {"expected-statuses": _FINE},
        "missing_required_header": {"expected-statuses": ["428"]},
        "negative_data_rejection": {"expected-statuses": _BAD},
    },
})  # fmt: skip
COUNTER = Counter()
fill(COUNTER)
IDS = cycle([card["id"] for card in COUNTER.get("/customers")["items"]])
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", bridge(COUNTER), config=CONFIG)


@schemathesis.serializer("application/x-ndjson", "application/jsonl", "text/vcard", "text/csv")
def as_text(context: Any, value: Any) -> bytes:
    """A file, whatever is in it: it is read later, by another process."""
    return value.encode() if isinstance(value, str) else json.dumps(value, default=str).encode()


@SCHEMA.auth()
class Token:
    """Lets every request in, but for those that are made to be kept out."""

    def get(self, case: Any, context: Any) -> str:
        return ADMIN

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
def test_every_operation_does_what_is_described(case: Any) -> None:
    if "id" in (case.path_parameters or {}) and len(str(case.path_parameters["id"])) % 2:
        case.path_parameters["id"] = next(IDS)
    case.call_and_validate()
    COUNTER.shop.engine.write([finish])


def finish(txn: Txn) -> None:
    """What was asked for has been done: nobody else here does it, and too much of it may not wait."""
    for errand in errands.listed(txn):
        if not errand.is_over:
            errands.put(txn, evolve(errand, state=DONE, ended_at=errand.asked_at))


def test_the_description_is_that_of_the_route_table(counter: Counter) -> None:
    reply = counter.ask("GET", "/openapi.json", token=None)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    described = reply.json
    assert described == description(ROUTES)
    assert described["openapi"].startswith("3.1")
    operations = [(path, method) for path, each in described["paths"].items() for method in each]
    assert len(operations) == len(ROUTES)
    ids = [described["paths"][path][method]["operationId"] for path, method in operations]
    assert len(ids) == len(set(ids))


def test_every_schema_that_is_named_is_there() -> None:
    described = description(ROUTES)

    def refs(value: Any) -> Any:
        if isinstance(value, dict):
            yield from [value["$ref"]] if "$ref" in value else []
            value = list(value.values())
        for one in value if isinstance(value, list) else []:
            yield from refs(one)

    named = {ref.removeprefix("#/components/schemas/") for ref in refs(described)}
    assert named == set(described["components"]["schemas"])


def test_the_store_is_sound_after_all_that() -> None:
    assert COUNTER.is_sound()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_route_is_told_in_words(route: Any) -> None:
    assert route.summary and route.work.__doc__
