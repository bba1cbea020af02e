"""Access: tokens of the API: given out, taken back, and asked for by their digests."""

from __future__ import annotations

import hmac
import re
from hashlib import sha256

from jivod.flow.typed import is_storable
from jivod.model.access import SCOPES, Access
from jivod.model.errors import Refused
from jivod.store import tokens
from jivod.store.kv import Txn

PREFIX = "jivod_"  # so that whoever finds one knows what it opens
RANDOM_CHARS = 43  # of base64 without padding: 32 bytes
LONGEST_NAME = 64

_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{{RANDOM_CHARS}}}")


def digest_of(token: str) -> str | None:
    """The digest of a token; None for what cannot be one. 256 random bits need no salt and no slow hash."""
    return sha256(token.encode()).hexdigest() if _TOKEN.fullmatch(token) else None


def issue(txn: Txn, name: str, scope: str, random: str, at: int) -> str:
    """Give out a token called `name` with this `scope`, made of the text `random` (32 bytes, base64url), at `at` (UNIX
    ms). It is returned here and kept nowhere.
    """
    token = PREFIX + random
    digest = digest_of(token)
    if digest is None or scope not in SCOPES:
        raise ValueError("a token is made of 32 random bytes and a scope")
    if not name.strip() or len(name) > LONGEST_NAME or not is_storable(name):
        raise Refused(f"a token has a name of 1 to {LONGEST_NAME} characters; say who will use it")
    if tokens.get(txn, name) is not None:
        raise Refused("there is a token of this name already; choose another name, or `jivod token revoke` it")
    if len(tokens.listed(txn)) >= tokens.MOST:
        raise Refused(f"there are {tokens.MOST} tokens already; `jivod token revoke` takes one back")
    tokens.put(txn, Access(name=name, scope=scope, digest=digest, created_at=at))
    return token


def revoke(txn: Txn, name: str) -> None:
    """Let nobody in any more by the token called `name`."""
    if not tokens.remove(txn, name):
        raise Refused("there is no token of this name; `jivod token list` shows what there is")


def who(txn: Txn, digest: str) -> Access | None:
    """Whose token has this digest; nobody's: None. All are compared, whichever fits: the time must not tell."""
    found = None
    for access in tokens.listed(txn):
        if hmac.compare_digest(access.digest, digest):
            found = access
    return found
