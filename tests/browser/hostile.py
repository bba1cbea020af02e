"""Hostile: texts that want to be more than text, every event full of them, and what a page of ours may consist of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from jivod.web.pages import pages

_ROOM = Path(pages.__file__).parent
_SAMPLES = Path(__file__).parents[1] / "payloads"
_EVENTS = (
    "chat_accepted__documented_full", "chat_assigned__with_crm_fields", "chat_updated__documented_full",
    "chat_finished__documented_full", "call_event__documented_full", "offline_message__documented_full",
    "client_updated__documented_full", "client_attribute_updated__object",
)  # fmt: skip
_KEPT_OF_STRANGERS = frozenset({"event_name", "number", "timestamp"})
_KEPT = frozenset({"event_name", "chat_id", "email", "number", "client_id", "timestamp", "latitude", "longitude"})


def texts() -> list[str]:
    """All of them."""
    lines = (Path(__file__).with_name("hostile.txt")).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line and not line.startswith("#")]


def bodies(all: list[str], number: int, email: str) -> Iterator[bytes]:
    """Each event twice: from somebody who can be found, with a text in every other field and as the names of fields;
    then with texts in those too by which he was found. The fields take their texts in turn, from the `number`-th of all
    on: after as many numbers as there are texts, every field has had each of them.
    """
    for n, name in enumerate(_EVENTS):
        event = json.loads((_SAMPLES / f"{name}.json").read_text("utf-8"))
        turn = cycle(all[number % len(all) :] + all[: number % len(all)])
        _enrich(event, turn)
        token = f"{next(turn)}{number}"  # his own: a token of others would make him one of them
        known = _filled(event, turn, _KEPT)
        known |= {"chat_id": number * 100 + n, "client_id": number, "user_token": token}
        known.setdefault("visitor", {}).update(email=email, number=str(number))
        yield json.dumps(known).encode()
        if "chat_id" in event:
            odd = _filled(event, turn, _KEPT_OF_STRANGERS)
            odd["visitor"] |= {"number": str(number)}
            odd |= {"chat_id": f"{next(turn)}{number}{n}", "user_token": token}
            yield json.dumps(odd).encode()


def _enrich(event: dict[str, Any], turn: Iterator[str]) -> None:
    """What the sample leaves blank, and names of fields that are anybody's own."""
    event["tags"] = [{"id": "1", "title": ""}, {"id": "2", "title": ""}]
    event |= {"organization": {"name": ""}, "status": {"title": ""}, "assigned_agent": {"name": "", "email": ""}}
    event["department"] = {"id": 1, "name": ""}
    for within in (event.get("attributes"), event.get("session", {}).get("utm_json"), event):
        if within is not None:
            within |= {next(turn): "" for _ in range(5)}
    if "visitor" in event:
        event["visitor"]["social"] = {"vk": "", next(turn): ""}
    if "chat" in event:
        event["chat"] |= {"rate": "", "invitation": ""}
        said = [{"type": "", "message": "", "agent_id": "", "timestamp": 1763800001 + n} for n in range(40)]
        event["chat"]["messages"] += said
    if "agents" in event:
        event["agents"] += [{"id": "", "name": "", "email": ""}]


def _filled(value: Any, turn: Iterator[str], kept: frozenset[str], key: str = "") -> Any:
    """The next text in the place of every text and number but those that are kept."""
    if isinstance(value, dict):
        return {name: _filled(inner, turn, kept, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, turn, kept, key) for inner in value]
    return value if key in kept else next(turn)


def allowed() -> dict[str, list[str]]:
    """The elements and attributes that templates, filters and scripts write. Nothing else is ever on a page."""
    files = [*(_ROOM / "templates").iterdir(), *_ROOM.glob("*.py")]
    written = "".join(path.read_text("utf-8") for path in files)
    tags = set(re.findall(r"<([a-z][a-z0-9]*)", written)) | {"tbody"}
    names = set(re.findall(r"[\s\"}]([a-z][A-Za-z0-9-]*)=\"", written))
    bare = {"hidden", "required", "selected", "checked", "open", "readonly", "disabled", "multiple"}
    scripts = "".join(path.read_text("utf-8") for path in (_ROOM / "static").glob("*.js"))
    put = set(re.findall(r"setAttribute\(\"([a-z-]+)\"", scripts))
    return {"tags": sorted(tags), "names": sorted(names | bare | put)}


JUDGE = r"""
// What is wrong with a document.
window.judge = (root, {tags, names}) => {
  const wrong = [];
  const local = (url) => url.startsWith("/") ? !/^\/[\/\\]/.test(url) : /^[#?]/.test(url);
  const good = new Set(tags), known = new Set(names);
  for (const element of root.querySelectorAll("*")) {
    const tag = element.localName;
    const say = (what) => wrong.push(`${tag} ${what}: ${element.outerHTML.slice(0, 160)}`);
    if (!good.has(tag)) say("is none of ours");
    for (const {name, value} of element.attributes) {
      if (!known.has(name) && !name.startsWith("data-")) say(`has ${name}`);
      if (/^on|^style$|^srcdoc$|^formaction$|^ping$|^http-equiv$/.test(name)) say(`has ${name}`);
      if (/[<>"']/.test(name)) say(`has an odd attribute`);
      if (!["href", "src", "action", "xlink:href", "srcset", "data", "poster"].includes(name)) continue;
      const outside = tag === "a" && /^https?:\/\//i.test(value) && element.rel === "noopener noreferrer nofollow";
      const contact = tag === "a" && /^(mailto|tel):/.test(value);
      if (!local(value) && !outside && !contact) say(`leads to ${value.slice(0, 60)}`);
      if (["script", "link", "use", "img"].includes(tag) && !value.startsWith("/static/")) say("is loaded");
    }
    if (tag === "script" && (element.textContent || !element.src)) say("is a script");
  }
  return wrong;
};
window.read = (pages, allowed) => pages.map((html) => {
  const root = new DOMParser().parseFromString(html, "text/html");
  const links = [...root.querySelectorAll("a[href]")].map((a) => a.getAttribute("href").split("#")[0]);
  return [judge(root, allowed), links];
});
"""
"""`judge` looks at a document as the browser has read it; `read` reads pages without opening them."""
