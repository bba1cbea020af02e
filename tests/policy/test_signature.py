"""Signed user_tokens: who may say who he is, and what no sleight of hand gets past."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jivod.policy.signature import (
    FOREIGN,
    FUTURE,
    GOOD,
    ID_LONGEST,
    LEEWAY,
    MALFORMED,
    STALE,
    TOKEN_LONGEST,
    WRONG,
    check,
    looks_signed,
    signed_id,
)

KEY = b"an-invented-key-for-tests-0123456789abcdef"
T = 1_790_000_000  # UNIX seconds at which everything below was signed
DAY = 86_400
HS256 = {"alg": "HS256", "typ": "JWT"}
NO_DATES = ["null", "true", f'"{T}"', '""', f"[{T}]", "{}", "1e999", "-1e999"]
REASONS = {GOOD, WRONG, STALE, FUTURE, FOREIGN, MALFORMED}


def mac(message: str, key: bytes = KEY) -> bytes:
    return hmac.new(key, message.encode(), "sha256").digest()


def v1(id: str, time: object = T, key: bytes = KEY) -> str:
    message = f"v1.{id}.{time}"
    return f"{message}.{mac(message, key).hex()}"


def part(value: Any) -> str:
    """One part of a JWT: bytes and text as they are, anything else as JSON."""
    raw = value if isinstance(value, bytes) else (value if isinstance(value, str) else json.dumps(value)).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def jwt(claims: Any, header: Any = HS256, key: bytes = KEY) -> str:
    message = f"{part(header)}.{part(claims)}"
    return f"{message}.{part(mac(message, key))}"


def verdict(token: str, at: float = T, max_age: int = DAY, key: bytes = KEY) -> str:
    return check(token, key, int(at * 1000), max_age)


PHP = "v1.müşteri.17.1790000000.d66a104401374db29dd2c6de6d3b0877f031736ababefb022eb648e5628458c5"
NODE = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6IjQ3MTEifQ.SmBqUevkdkYU6n8UStD6Tb0Jt_U3lG7Yk06yD3VqPsQ"
JWT_IO = (  # the sample of that site, with its key "your-256-bit-secret"
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
    ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)


def test_what_others_signed_is_good() -> None:
    assert (verdict(PHP), signed_id(PHP)) == (GOOD, "müşteri.17")
    assert (verdict(NODE), signed_id(NODE)) == (GOOD, "4711")
    assert (verdict(JWT_IO, at=1516239022, key=b"your-256-bit-secret"), signed_id(JWT_IO)) == (GOOD, "1234567890")


@pytest.mark.parametrize("id", ["4711", "a.b.c", ".", "1.2", f"x.{T}", "v1.x", " a b ", "ğ", "𝕏", "a" * ID_LONGEST])
def test_v1_carries_any_id(id: str) -> None:
    token = v1(id)
    assert (verdict(token), signed_id(token), looks_signed(token)) == (GOOD, id, True)


def test_the_signature_may_be_in_capitals() -> None:
    message, _, signature = v1("4711").rpartition(".")
    assert verdict(f"{message}.{signature.upper()}") == GOOD


@pytest.mark.parametrize(
    "id", ["", " ", " \u3000", "a" * (ID_LONGEST + 1), "a\0", "a\nb", "a\tb", "\x7f", "\x85"]
)  # fmt: skip
def test_v1_with_no_usable_id_is_malformed(id: str) -> None:
    assert (verdict(v1(id)), signed_id(v1(id))) == (MALFORMED, None)


def test_half_a_character_is_no_id() -> None:
    for half in "\ud800\udfff":
        assert verdict(f"v1.{half}.{T}.{'0' * 64}") == verdict(jwt({"id": half})) == MALFORMED


@pytest.mark.parametrize(
    "time",
    [
        "", f"+{T}", f"-{T}", f" {T}", f"{T} ", "1_790_000_000", f"{T}\n", f"{T}e0", f"0x{T:x}", "١٧٩٠٠٠٠٠٠٠", "²",
        f"{T}\u200b", "now", "1" * 14,
    ],
)  # fmt: skip
def test_the_time_of_v1_is_plain_digits(time: str) -> None:
    assert verdict(v1("4711", time)) == MALFORMED


def test_the_signature_is_over_the_very_digits_of_the_time() -> None:
    assert verdict(v1("4711", f"00{T}")) == GOOD
    assert verdict(v1("4711").replace(str(T), f"00{T}")) == WRONG


def test_a_time_in_milliseconds_is_told_as_the_future() -> None:
    assert verdict(v1("4711", T * 1000)) == FUTURE


@pytest.mark.parametrize(
    "token",
    [
        "", "v1", "v1.", "v1.4711", f"v1.4711.{T}", f"v1..{T}.", f"v1.4711.{T}.", "v1...", f"v1.4711.{T}.{'0' * 63}",
        f"v1.4711.{T}.{'0' * 65}", f"v1.4711.{T}.{'g' * 64}", f"v1.4711.{T}.{'00 ' * 21}0", f"v1.4711.{T}.{'０' * 64}",
        "V1" + v1("4711")[2:], "v2" + v1("4711")[2:], " " + v1("4711"), v1("4711") + "\n", v1("4711") + ".",
        v1("4711") + ".0", f"v1.{'a' * TOKEN_LONGEST}.{T}.{'0' * 64}", "..", "a.b.c", "4711",
    ],
)  # fmt: skip
def test_other_texts_are_no_tokens_of_ours(token: str) -> None:
    assert (verdict(token), signed_id(token)) == (MALFORMED, None)


@pytest.mark.parametrize("token", [v1("4711"), jwt({"id": "4711"}), jwt({"id": 4711}, {"alg": "none"}), "v1.a.b.c"])
def test_a_token_of_either_shape_looks_signed(token: str) -> None:
    assert looks_signed(token)


def test_an_overlong_token_looks_signed_and_is_refused() -> None:
    for header, size in (({}, TOKEN_LONGEST), ({"x": "y" * 800}, 800), ({"x": "y" * 1400}, 100)):
        token = jwt({"id": "4711", "x": "y" * size}, {**HS256, **header})
        assert (looks_signed(token), verdict(token), signed_id(token)) == (True, MALFORMED, None)
    assert verdict(jwt({"id": "4711", "x": "y" * 1400})) == GOOD


@pytest.mark.parametrize(
    "token",
    [
        "", "4711", "v1.a.b", "a.b.c", "www.example.com", f"{part({'typ': 'JWT'})}.e30.x", f"{part([1])}.e30.x",
        f"{part({'alg': 5})}.e30.x", f"{part(HS256)}.e30", f"{part(HS256)}.e30.x.y.z", f"{part(HS256)}.é.x",
        f"{part({'alg': 'HS256', 'x': 'y' * TOKEN_LONGEST})}.e30.x", "a" * 5000 + ".b.c",
    ],
)  # fmt: skip
def test_plain_tokens_do_not_look_signed(token: str) -> None:
    assert not looks_signed(token)


@pytest.mark.parametrize(
    ("claims", "id"),
    [
        ({"id": "a", "sub": "b"}, "a"), ({"sub": "b"}, "b"), ({"id": 4711}, "4711"), ({"id": -1}, "-1"),
        ({"id": "müşteri.17", "roles": [{"a": []}], "aud": "shop"}, "müşteri.17"), ({"id": 10**30}, str(10**30)),
        (' {\n"id" : "\\u0061"}\r\n', "a"),
    ],
)  # fmt: skip
def test_the_id_of_a_jwt_is_id_and_then_sub(claims: Any, id: str) -> None:
    assert (verdict(jwt(claims)), signed_id(jwt(claims))) == (GOOD, id)


@pytest.mark.parametrize(
    "claims",
    [
        {}, {"id": None}, {"id": None, "sub": "b"}, {"id": "", "sub": "b"}, {"id": " "}, {"id": True}, {"id": 4711.0},
        {"id": ["a"]}, {"id": {"a": 1}}, {"ID": "a"}, {"user_id": "a"}, {"id": "a\0"}, {"id": "a" * (ID_LONGEST + 1)},
        {"id": int("9" * (ID_LONGEST + 1))}, [], ["id"], "4711", "", "null", '"id"', "{", '{"id":"a"}x', "{'id':'a'}",
        '{"id":"a","id":"b"}', '{"id":"a","\\u0069d":"a"}', '{"id":"a","x":{"y":1,"y":2}}', '{"id":"a","x":NaN}',
        '{"id":"a","x":-Infinity}', '\ufeff{"id":"a"}', b'{"id":"\xff"}', '{"id":"a"}'.encode("utf-16"),
        '{"id":"a\n"}', '{"id":"a","x":' + "[" * 700 + "]" * 700 + "}", '{"x":' * 200 + "1" + "}" * 200, "[" * 1400,
        *('{"id":"a","' + "\":".join(pair) + "}" for pair in product(["exp", "nbf", "iat"], NO_DATES)),
    ],
)  # fmt: skip
def test_claims_that_do_not_say_clearly_who_and_when_are_malformed(claims: Any) -> None:
    assert (verdict(jwt(claims)), signed_id(jwt(claims)), looks_signed(jwt(claims))) == (MALFORMED, None, True)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"}, {"alg": "None"}, {"alg": ""}, {"alg": "hs256"}, {"alg": "HS512"}, {"alg": "RS256"},
        {"alg": "ES256"}, {"alg": "HS256 "}, {"alg": "HS256", "crit": ["b64"], "b64": False},
        {"alg": "HS256", "crit": []}, {"alg": "HS256", "crit": None},
    ],
)  # fmt: skip
def test_only_plain_hs256_is_taken(header: dict[str, Any]) -> None:
    signed = jwt({"id": "4711"}, header)
    assert (verdict(signed), signed_id(signed), looks_signed(signed)) == (FOREIGN, "4711", True)
    assert verdict(signed.rpartition(".")[0] + ".") == FOREIGN


@pytest.mark.parametrize(
    "header", [{}, [], "", "HS256", {"alg": None}, {"alg": ["HS256"]}, '{"alg":"none","alg":"HS256"}', "[" * 1400]
)  # fmt: skip
def test_a_header_without_a_clear_alg_is_malformed(header: Any) -> None:
    token = jwt({"id": "4711"}, header)
    assert (verdict(token), looks_signed(token)) == (MALFORMED, False)


def test_nothing_in_the_header_brings_a_key() -> None:
    own = {**HS256, "kid": "../../dev/null", "jku": "https://example.com", "jwk": {"kty": "oct", "k": part(b"mine")}}
    assert verdict(jwt({"id": "4711"}, own, key=b"mine")) == WRONG


@pytest.mark.parametrize("key", [b"", KEY[:-1], KEY + b" ", KEY + KEY, KEY.upper()])
def test_another_key_proves_nothing(key: bytes) -> None:
    for token in (v1("4711", key=key), jwt({"id": "4711"}, key=key)):
        assert (verdict(token), signed_id(token)) == (WRONG, "4711")


def test_an_empty_key_verifies_nothing() -> None:
    assert verdict(v1("4711", key=b""), key=b"") == verdict(jwt({"id": "4711"}, key=b""), key=b"") == WRONG


def test_a_stripped_or_cut_signature_is_not_good() -> None:
    message, _, signature = jwt({"id": "4711"}).rpartition(".")
    assert verdict(f"{message}.") == verdict(f"{message}.{signature[:-3]}") == WRONG
    assert verdict(message) == MALFORMED


def test_spare_bits_and_padding_are_refused() -> None:
    """The last character of each part could be written in four ways; only one is a token, whoever signed the others."""
    token = jwt({"id": "4711"})
    message, _, signature = token.rpartition(".")
    assert (message[-1], signature[-1], len(signature) % 4) == ("0", "s", 3)
    for other in (f"{message[:-1]}1", f"{message}=", f"{message}A"):
        assert verdict(f"{other}.{part(mac(other))}") == MALFORMED
    for other in (f"{signature[:-1]}t", f"{signature}=", f"{signature}AA", signature.replace("_", "/")):
        assert verdict(f"{message}.{other}") == MALFORMED


def test_the_proof_of_one_form_is_none_of_the_other() -> None:
    claims = jwt({"id": "4711"}).split(".")
    assert verdict(f"v1.{claims[1]}.{T}.{mac('.'.join(claims[:2])).hex()}") == WRONG
    assert verdict(f"{claims[0]}.{claims[1]}.{part(mac(f'v1.4711.{T}'))}") == WRONG


@pytest.mark.parametrize(
    ("claims", "first", "last"),
    [  # seconds after T, the first and the last second in which the token is good
        ({"iat": T}, -LEEWAY, DAY + LEEWAY - 1), ({"iat": T, "exp": T + 10}, -LEEWAY, 10 + LEEWAY - 1),
        ({"iat": T, "exp": T + 9 * DAY}, -LEEWAY, 9 * DAY + LEEWAY - 1), ({"exp": T}, -(10**9), LEEWAY - 1),
        ({"nbf": T, "exp": T + 10}, -LEEWAY, 10 + LEEWAY - 1), ({"nbf": T + 0.0}, -LEEWAY, 10**9),
        ({"exp": T + 0.0}, -(10**9), LEEWAY - 1), ({"iat": T - 5, "nbf": T}, -LEEWAY, DAY + LEEWAY - 6),
        ({}, -T, 10**12), ({"exp": 10**1400}, -T, 10**12), ({"exp": 1e308, "nbf": -1e308}, -T, 10**12),
    ],
)  # fmt: skip
def test_a_jwt_is_good_for_as_long_as_it_says(claims: dict[str, Any], first: int, last: int) -> None:
    token = jwt({"id": "4711", **claims})
    assert verdict(token, T + first) == verdict(token, T + last) == GOOD
    if claims.keys() & {"iat", "nbf"} and first > -T:
        assert check(token, KEY, (T + first) * 1000 - 1, DAY) == FUTURE
    if last < 10**9:
        assert verdict(token, T + last + 1) == STALE


def test_who_has_no_key_is_told_nothing_about_the_time() -> None:
    assert verdict(v1("4711", T - 9 * DAY, key=b"guess")) == verdict(v1("4711", T + 9 * DAY, key=b"guess")) == WRONG


# Laws

ids = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40),
    st.text("v1.", min_size=1, max_size=9),
    st.lists(st.sampled_from(["v1", "a", "4711", str(T), "", "0" * 64]), min_size=1, max_size=5).map(".".join),
).filter(str.strip)
times = st.sampled_from([1, 11, 111, T])
tokens = st.one_of(ids.map(v1), ids.map(lambda id: jwt({"id": id})), ids.map(lambda id: jwt({"sub": id, "iat": T})))
claims = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda some: st.lists(some) | st.dictionaries(st.sampled_from(["id", "sub", "exp", "iat", "nbf", "alg"]), some),
)
pieces = st.one_of(
    st.sampled_from(["v1", str(T), "0" * 64, part(HS256), part({"id": "a"}), "", "e30"]),
    st.text(st.characters(), max_size=20), st.binary(max_size=40).map(part), claims.map(part),
)  # fmt: skip
texts = st.one_of(st.text(st.characters()), st.lists(pieces, max_size=6).map(".".join), claims.map(jwt), tokens)


@given(texts, st.integers(0, 2**43), st.integers(0, 10**9))
def test_no_text_at_all_breaks_it_and_the_three_answers_agree(text: str, now: int, max_age: int) -> None:
    found = check(text, KEY, now, max_age)
    assert found in REASONS
    assert (found == MALFORMED) == (signed_id(text) is None)
    assert found == MALFORMED or looks_signed(text)


@given(ids)
def test_whatever_id_was_signed_is_read_back(id: str) -> None:
    for token in (v1(id), jwt({"id": id}), jwt({"sub": id, "exp": T + 1})):
        assert (verdict(token), signed_id(token), looks_signed(token)) == (GOOD, id, True)


@given(st.tuples(ids, times), st.tuples(ids, times))
def test_what_is_signed_for_one_is_signed_for_nobody_else(one: tuple[str, int], other: tuple[str, int]) -> None:
    assert (v1(*one) == v1(*other)) == (one == other)


@given(tokens, st.data())
def test_no_bit_may_flip(token: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(token) - 1))
    other = chr(ord(token[place]) ^ 1 << data.draw(st.integers(0, 6)))
    hex_digit = token.startswith("v1.") and place > token.rindex(".")
    assume(not (hex_digit and other.lower() == token[place]))
    assert verdict(token[:place] + other + token[place + 1 :]) != GOOD


@given(tokens, st.data())
def test_no_character_may_come_or_go(token: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(token) - 1))
    assert verdict(token[:place] + token[place + 1 :]) != GOOD
    more = data.draw(st.characters())
    assert verdict(token[:place] + more + token[place:]) != GOOD
    assert verdict(token + more) != GOOD


@given(st.lists(ids, min_size=1, max_size=3), st.data())
def test_parts_of_good_tokens_never_make_another_good_one(some: list[str], data: st.DataObject) -> None:
    signed = {token: id for id in some for token in (v1(id), v1(id, T - 1), jwt({"id": id}))}
    parts = sorted({p for token in signed for p in (*token.split("."), *token.rsplit(".", 2))})
    made = ".".join(data.draw(st.lists(st.sampled_from(parts), min_size=2, max_size=7)))
    made = data.draw(st.sampled_from([made, f"v1.{made}", *signed]))
    if verdict(made) == GOOD:
        assert signed_id(made) == signed[made]


@given(st.integers(-DAY, 2 * DAY), st.integers(0, DAY))
def test_v1_is_good_from_its_time_to_its_age(after: int, max_age: int) -> None:
    found = verdict(v1("4711"), T + after, max_age)
    assert found == (FUTURE if after < -LEEWAY else GOOD if after < max_age + LEEWAY else STALE)
