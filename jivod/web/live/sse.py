"""Sse: server-sent events as bytes (HTML Living Standard, 9.2). Text from outside is JSON, so it has no line end."""

from __future__ import annotations

import orjson

from jivod.flow.news import Item

TYPE = b"text/event-stream; charset=utf-8"


def begin(retry: int) -> bytes:
    """The first words; `retry`: ms until a browser that lost its stream asks again."""
    return b"retry: %d\n\n" % retry


def news(item: Item) -> bytes:
    """One item. What a browser says as `Last-Event-ID` is the number of the last one that it got."""
    who = item.customer
    data = {
        "kind": item.kind,
        "at": item.at,
        "customer": None if who is None else who.id,
        "name": "" if who is None else (who.name or next(iter((*who.emails, *who.phones)), "")),
        "channel": item.channel,
        "line": item.line,
    }
    return b"id: %d\ndata: %s\n\n" % (item.seq, orjson.dumps(data))


def beat(upto: int | None) -> bytes:
    """A sign of life. The browser keeps the number, and tells its page nothing."""
    return b": .\n\n" if upto is None else b": .\nid: %d\n\n" % upto


def reset(upto: int) -> bytes:
    """Too much has happened: the page should be loaded anew."""
    return b"event: reset\nid: %d\ndata: {}\n\n" % upto
