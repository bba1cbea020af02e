"""Tokens: names, scopes and digests."""

from __future__ import annotations

import pytest

from jivod.model.access import ADMIN, READ, SCOPES, WRITE, Access
from jivod.model.errors import Damaged
from jivod.store import codec, tokens
from jivod.store.kv import Engine
from jivod.store.tables import DERIVED, KEPT, TOKENS

SHOP = Access(name="shop", scope=READ, digest="ab" * 32, created_at=7)


def test_what_is_put_is_found_by_its_name_until_it_is_removed(engine: Engine) -> None:
    engine.write([lambda txn: tokens.put(txn, SHOP)])
    assert engine.read(lambda txn: (tokens.get(txn, "shop"), tokens.listed(txn))) == (SHOP, [SHOP])
    assert [o.value for o in engine.write([lambda txn: tokens.remove(txn, "shop")] * 2)] == [True, False]
    assert engine.read(tokens.listed) == []


def test_a_rebuild_keeps_them() -> None:
    assert TOKENS in KEPT
    assert TOKENS not in DERIVED


@pytest.mark.parametrize(
    "plain", [["shop", "root", "ab" * 32, 7], ["shop", READ, "short", 7], ["shop", READ, "zz" * 32, 7], ["shop"], None]
)
def test_a_record_that_is_none_is_damage(plain: object) -> None:
    with pytest.raises(Damaged, match="tokens"):
        tokens.decode(codec.encode(plain))


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("needed", SCOPES)
def test_a_scope_allows_what_those_before_it_do(scope: str, needed: str) -> None:
    allowed = {(READ, READ), (WRITE, READ), (WRITE, WRITE), *((ADMIN, each) for each in SCOPES)}
    assert Access(name="x", scope=scope, digest="", created_at=0).allows(needed) == ((scope, needed) in allowed)
