"""Counter: a shop whose API is asked by a token of each scope, with the stories of the demo in its store."""

from __future__ import annotations

from typing import Any

import orjson
from attrs import define, field

from jivod.flow import access
from jivod.flow.replay import differences, prepare, rebuild
from jivod.model.access import SCOPES
from jivod.store import meta, tokens
from jivod.store.check import check
from jivod.store.memory import MemoryEngine
from jivod.store.tables import TABLES
from tests.web.api.described import fits
from tests.web.shop import NOW, Reply, Shop, open_shop

API = "/api/v1"
JSON = "application/json"
TOKENS = {scope: access.PREFIX + scope[0] * access.RANDOM_CHARS for scope in SCOPES}
ADMIN = TOKENS["admin"]
STRANGER = access.PREFIX + "x" * access.RANDOM_CHARS


@define(eq=False)
class Counter:
    """`ask` speaks with a token; a body is sent as JSON, and what comes back has to be as described."""

    shop: Shop = field(factory=open_shop)

    def __attrs_post_init__(self) -> None:
        for scope, token in TOKENS.items():
            self.do(lambda txn, s=scope, t=token: access.issue(txn, s, s, t.removeprefix(access.PREFIX), NOW))
        self.shop.passes.learn(self.shop.engine.read(tokens.listed))

    def do(self, job: Any) -> Any:
        (outcome,) = self.shop.engine.write([job])
        if outcome.error is not None:
            raise outcome.error
        return outcome.value

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = TOKENS["admin"], **more: str
    ) -> Reply:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        raw = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        if body is not None:
            headers.setdefault("Content-Type", JSON)
        target = path if path.startswith("/api") else API + path
        reply = self.shop.call(method, target, headers=headers, body=raw)
        assert fits(method, target, reply)
        return reply

    def get(self, path: str, **more: Any) -> Any:
        reply = self.ask("GET", path, **more)
        assert reply.status == 200, reply.body
        return reply.json

    def enter(self, **known: Any) -> Any:
        """Enter a customer; his card."""
        reply = self.ask("POST", "/customers", known)
        assert reply.status == 201, reply.body
        return reply.json

    def tell(self, body: dict[str, Any]) -> None:
        assert self.shop.post(orjson.dumps(body)).status == 200

    def rows(self) -> dict[str, list[tuple[bytes, bytes]]]:
        """All that is stored."""
        return self.shop.engine.read(lambda txn: {table: list(txn.range(table)) for table in TABLES})

    def is_sound(self) -> bool:
        """Whether the check finds nothing, and a rebuild makes the same store."""
        engine = self.shop.engine
        twin = MemoryEngine(engine.read(meta.id_key))
        prepare(engine, twin)
        rebuild(engine, twin, lambda done, of: None)
        return engine.read(lambda txn: list(check(txn))) == [] and differences(engine, twin) == []


def accepted(chat: object = 1, **visitor: Any) -> dict[str, Any]:
    return {"event_name": "chat_accepted", "widget_id": "w", "chat_id": chat, "visitor": visitor}


def finished(chat: object = 1, **visitor: Any) -> dict[str, Any]:
    messages = [{"type": "visitor", "timestamp": NOW // 1000, "message": "hello"}]
    return {
        **accepted(chat, **visitor),
        "event_name": "chat_finished",
        "chat": {"messages": messages, "rate": "positive"},
    }
