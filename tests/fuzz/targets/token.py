"""Signed tokens: whatever is written, a verdict; good only with our signature, whatever is signed."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

from jivod.policy import signature

KEY = b"a-key-of-nobody_0123456789abcdef"
NOW = 1_790_000_000_000
AGE = 86_400
VERDICTS = frozenset({
    signature.GOOD, signature.WRONG, signature.STALE, signature.FUTURE, signature.FOREIGN, signature.MALFORMED,
})  # fmt: skip


def check(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    assert _verdict(text) != signature.GOOD, "nobody has signed this"
    for token in (_v1(text), _jwt(data)):
        if _verdict(token) == signature.GOOD:
            assert len(token) <= signature.TOKEN_LONGEST
            assert signature.signed_id(token)
            assert signature.check(token, b"another key", NOW, AGE) == signature.WRONG
            assert signature.check(token, b"", NOW, AGE) == signature.WRONG


def _verdict(token: str) -> str:
    verdict, id = signature.check(token, KEY, NOW, AGE), signature.signed_id(token)
    assert verdict in VERDICTS, verdict
    assert (verdict == signature.MALFORMED) == (id is None)
    assert id is None or signature.looks_signed(token)
    return verdict


def _v1(id_and_time: str) -> str:
    """As a site signs; `id_and_time` may be anything."""
    message = f"v1.{id_and_time}"
    return f"{message}.{hmac.digest(KEY, message.encode(), 'sha256').hex()}"


def _jwt(data: bytes) -> str:
    """A JWT of two texts with a line feed between."""
    header, _, claims = data.partition(b"\n")
    message = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in (header, claims))
    proof = urlsafe_b64encode(hmac.digest(KEY, message, "sha256")).rstrip(b"=")
    return f"{message.decode()}.{proof.decode()}"
