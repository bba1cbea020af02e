"""Hostile texts through every field of every event, on every page of a customer: no element of theirs, no handler, no
link but to http, nothing loaded from elsewhere.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from jivod.flow import aside, steward
from jivod.flow.steward import Hand
from jivod.policy.rules import DEFAULT
from tests.web.api.counter import accepted, finished
from tests.web.pages.test_record import ids
from tests.web.pages.window import Window
from tests.web.shop import NOW

TEXTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "<a href=//evil.example>x</a>",
    'http://evil.example/"onmouseover=alert(1)',
    "https://evil.example/'><script>1</script>",
    "data:text/html,<script>1",
    "{{ 7*7 }}{% for x in y %}%(name)s %s 100%",
    "&lt;script&gt;&#x3c;b&#x3e;",
    "\u202egnp.exe\u2028\u2029\u200f",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example>",
    "<iframe srcdoc='<script>1</script>'>",
    "<form action=//evil.example><input name=csrf>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "http://a.example/" + "b" * 3000,
    "\U0001f469\u200d\U0001f466" * 200,
    "\u0645\u0631\u062d\u0628\u0627 \u200f",
]
_ELEMENTS = """
html head meta title link script body a div header svg use form label input details summary span p strong br nav ul li
main h1 h2 h3 dl dt dd section bdi button textarea ol time select option footer code q b table caption thead tr th tbody
td kbd mark path rect g desc pre
"""
ELEMENTS = frozenset(_ELEMENTS.split())


class Looked(HTMLParser):
    """What a browser would make of it that a page of ours never has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.wrong: list[Any] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in ELEMENTS or any(name.startswith("on") or name in ("style", "srcdoc") for name in given):
            self.wrong.append((tag, attrs))
        for name in ("href", "src", "action"):
            target = given.get(name) or "/"
            ours = re.match(r"[/?#](?!/)", target) or (tag == "a" and target.startswith(("mailto:", "tel:")))
            if not ours and not (tag == "a" and given.get("rel") == "noopener noreferrer nofollow"
                                 and re.match(r"https?://", target, re.IGNORECASE)):  # fmt: skip
                self.wrong.append((tag, attrs))


def full_of(text: str) -> tuple[Window, str, str]:
    """Somebody who is called so, and wrote so, and of whom people wrote so."""
    window = Window()
    who = {"name": text, "email": "h@example.com", "phone": "+905320000001", "description": text, "number": "7"}
    more = {
        "tags": [{"id": 1, "title": text}], "organization": {"name": text}, "status": {"title": text},
        "topic": {"topic_id": 1, "title": text}, "department": {"id": 1, "name": text},
        "page": {"url": text, "title": text}, "session": {"utm": text, "geoip": {"city": text, "country": text}},
        "agents": [{"id": text, "name": text, "email": text}], "user_token": text,
    }  # fmt: skip
    word = {"message": text, "agent_id": text, "timestamp": NOW // 1000}
    said = [{"type": who_says, **word} for who_says in ("visitor", "agent", text)]
    chat = {"messages": said, "rate": text, "plain_messages": text, "html_messages": text, "invitation": text}
    call = {"type": text, "status": text, "phone": text, "reason": text, "record_url": text}
    window.tell({**accepted(1, **who), **more})
    window.tell({**finished(1, **who), **more, "chat": chat})
    window.tell({**accepted(2, **who), **more, "event_name": "call_event", "call": call})
    window.tell({**accepted(3, **who), "event_name": "offline_message", "message": text, "offline_message_id": text})
    attributes = {"event_name": "client_attribute_updated", "client_id": "7", "attributes": {text: text}}
    window.tell({**attributes, "visitor": who})
    window.tell(accepted(4, name=text + "!", email="other@example.com", phone="+905320000001"))
    (id,), (other,) = ids(window, "h@example.com"), ids(window, "other@example.com")
    hand = Hand(by=text[:100], at=NOW, rules=DEFAULT, regions=("TR",))
    window.do(lambda txn: aside.note(txn, hand, id, text))
    window.do(lambda txn: steward.edit(txn, hand, id, "tag", text + "?"))
    window.do(lambda txn: steward.edit(txn, hand, id, "name", text + "."))
    return window, id, other


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_nothing_of_it_is_more_than_text(text: str) -> None:
    window, id, other = full_of(text)
    window.porter.viewer = window.porter.viewer and type(window.porter.viewer)(
        name=text[:60], role=window.porter.viewer.role, language=None, zone=None, session="s", csrf="c"
    )
    (pair,) = set(re.findall(r'href="(/reviews/[^"?]+)"', window.page("/reviews")))
    paths = [f"/customers/{id}", "/chats/main/chat:1", "/chats/main/chat:2", "/chats/main/chat:3", "/reviews", pair]
    paths += [f"/customers/{id}/merge?other={other}", f"/customers/{id}/merge?words=h@example.com"]
    for path in paths:
        assert (path, Looked(window.page(path)).wrong) == (path, [])
    again = window.send(f"/customers/{id}/value", {"attribute": "name", "value": text, "seen": text[:30]}, csrf="c")
    assert Looked(again.body.decode()).wrong == []
