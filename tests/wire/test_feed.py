"""Feed: bodies that fit, and signatures that the library of the standard takes."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from jivod.model.change import UPDATED
from jivod.wire import feed

AT = 1_790_000_000_000
KEYS = st.binary(min_size=24, max_size=64)
CLEAN = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | CLEAN
NAMES = st.sampled_from(["customer", "messages", "attributes", "sources", "visits", "name", "chat"])
DATA = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=30) | st.dictionaries(NAMES | CLEAN, inner), max_leaves=60
)


@given(KEYS, st.dictionaries(CLEAN, LEAVES, max_size=5))
def test_the_library_of_the_standard_takes_what_we_sign(key: bytes, data: dict) -> None:
    second = int(datetime.now(UTC).timestamp())
    body = feed.write(UPDATED, AT, data)
    headers = feed.headers(key, "msg_1", second, body)
    assert Webhook("whsec_" + b64encode(key).decode()).verify(body, headers) == orjson.loads(body)


def test_a_body_that_was_touched_is_not_taken() -> None:
    body = feed.write(UPDATED, AT, {})
    headers = feed.headers(b"k" * 24, "msg_1", int(datetime.now(UTC).timestamp()), body)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + b64encode(b"k" * 24).decode()).verify(body + b" ", headers)


def test_the_example_of_the_standard() -> None:
    """From standardwebhooks.com: a signature that does not depend on our own reading of it."""
    body = b'{"test": 2432232314}'
    id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    key = b"\x30\x99\xd1\xc9\x8c\x64" * 4
    hook = Webhook("whsec_" + b64encode(key).decode())
    signed = hook.sign(id, datetime.fromtimestamp(1614265330, UTC), body.decode())
    assert feed.sign(key, id, 1614265330, body) == signed


@given(st.dictionaries(NAMES, DATA), st.integers(1, 60), st.integers(1, 300))
def test_a_body_fits_whatever_it_tells_and_says_whether_it_was_cut(data: dict, times: int, longer: int) -> None:
    grown = {**data, "messages": [{"text": "ж" * longer * 10}] * times, "id": "c1"}
    body = feed.write(UPDATED, AT, grown)
    told = orjson.loads(body)
    assert len(body) <= feed.BODY_MAX
    assert told["data"]["id"] == "c1"
    assert ("truncated" in told["data"]) == (told["data"] != orjson.loads(orjson.dumps(grown)))


def test_of_a_long_conversation_the_end_is_told() -> None:
    messages = [{"text": f"{n} " + "x" * 300} for n in range(500)]
    told = orjson.loads(feed.write(UPDATED, AT, {"messages": messages}))["data"]["messages"]
    assert told[-1]["text"].startswith("499 ")
    assert len(told) >= 20


def test_the_time_is_that_of_the_change_as_the_standard_writes_it() -> None:
    assert orjson.loads(feed.write(UPDATED, AT + 7, {}))["timestamp"] == "2026-09-21T14:13:20.007Z"
