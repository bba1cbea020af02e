"""Staff: what people of the company type: every form of a page is filled in with hostile texts and sent, by the browser
itself, and what comes back is judged.

Each form is sent once for each of its buttons: as a person fills it in, and with a text in what he does not type, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

from jivod.web.pages.pages import PAGES
from tests.browser import hostile
from tests.browser.house import House
from tests.browser.story import accepted
from tests.browser.visit import Visit
from tests.smoke.daemon import SECRET

Json = dict[str, Any]

KEPT = ("/logout", "/account/sessions", "/account/password")
"""They would end the session by which the others are sent; their fields show nothing of what was typed."""
NONE = {"name": "", "value": "", "typed": False}  # a button that says nothing
REFUSED = frozenset({400, 403, 404, 409, 413, 415, 422, 429})


def typing(visit: Visit, paths: Iterable[str], texts: Iterator[str]) -> Iterator[tuple[str, list[str]]]:
    """The address of each form that was sent, and the faults of what came back. A page is asked for when what stands
    before it was sent, and a form that is on many pages is sent once.
    """
    known: set[Any] = set()
    for path in paths:
        status, found = visit.page.evaluate("(path) => forms(path)", path)
        assert status == 200, (path, status)
        for form in found:
            shape = (form["action"], *[_face(field) for field in form["fields"]])
            for button in form["buttons"] or [NONE]:
                whole = (*shape, button["name"], button["value"])
                if form["action"] not in KEPT and whole not in known:
                    yield from _sent(visit, path, form, button, texts)
                known.add(whole)


def _sent(visit: Visit, path: str, form: Json, button: Json, texts: Iterator[str]) -> Iterator[tuple[str, list[str]]]:
    action = form["action"] or path
    for is_forged in (True, False):  # what does most comes last
        pairs = [_filled(field, texts, is_forged) for field in (*form["fields"], button) if field["name"]]
        given = [form["method"], action, pairs, hostile.allowed()]
        status, wrong = visit.page.evaluate("(given) => send(...given)", given)
        fine = status == 200 or status in REFUSED
        yield action, [*wrong, *([] if fine else [f"{action} is answered {status}"])]


def _face(field: Json) -> str:
    """By what two forms to one address are two: the names of their fields, and which attribute they are about."""
    return f"{field['name']}={field['value']}" if field["name"] == "attribute" else str(field["name"])


def _filled(field: Json, texts: Iterator[str], is_forged: bool) -> list[str]:
    typed = field["typed"] or (is_forged and field["name"] != "csrf")
    return [field["name"], next(texts) if typed else field["value"]]


def desks(house: House, n: int) -> Iterator[str]:
    """Pages with every form, of people of the number `n`: himself, another one whom he is part of, two whom he may be;
    then what everybody has.
    """
    phone = himself(n)["phone"]
    person = house.customer(accepted(f"s{n}", name="One", **himself(n)))
    part = house.customer(accepted(f"p{n}", name="Part", email=f"p{n}@example.com"))
    pair = house.customer(accepted(f"q{n}", name="Pair", email=f"q{n}@example.com", phone=phone))
    house.tell(accepted(f"t{n}", name="Two", **himself(n)), accepted(f"r{n}", email=f"r{n}@example.com", phone=phone))
    assert house.ask("POST", f"/jivo/{SECRET}", b"{")[0] == 400
    yield f"{part}/merge?other={_id(person)}"
    yield person
    yield f"{person}?kind=edit"
    yield f"/chats/main/chat%3As{n}"
    yield "/reviews/" + ".".join(sorted((_id(person), _id(pair))))
    yield from ("/reviews", "/admin", "/admin/quarantine", "/account", "/admin/users", "/overview", "/now")


def himself(n: int) -> dict[str, str]:
    """By what the first of them is known."""
    return {"email": f"s{n}@example.com", "phone": f"+90532777{n:04d}"}


def _id(path: str) -> str:
    return path.rsplit("/", 1)[1]


def turn(texts: list[str], number: int) -> Iterator[str]:
    """All of them again and again, from the `number`-th on."""
    return cycle(texts[number:] + texts[:number])


def unsent(actions: Iterable[str]) -> set[str]:
    """The addresses of forms to which none was sent. There is no sink, and so no form of one."""
    bare = {action.partition("?")[0] for action in actions} | {*KEPT, "/admin/sinks/none"}
    posts = {page.path for page in PAGES if page.method == "POST"}
    return {path for path in posts if not any(_pattern(path).fullmatch(one) for one in bare)}


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"<[^>]+>", "[^/]+", path))


SCRIPT = """
window.forms = async (path) => {
  const answer = await fetch(path, { headers: { Accept: "text/html" } });
  const root = new DOMParser().parseFromString(await answer.text(), "text/html");
  const typed = (one) => one.localName === "textarea" || /^(text|search|email|tel|password)$/.test(one.type);
  const told = (one) => ({ name: one.name, value: one.value, typed: one.localName !== "button" && typed(one) });
  return [answer.status, [...root.forms].map((form) => {
    const named = [...form.elements].filter((one) => one.name);
    return {
      action: form.getAttribute("action"), method: form.method,
      fields: named.filter((one) => one.localName !== "button").map(told),
      buttons: named.filter((one) => one.localName === "button").map(told),
    };
  })];
};
window.send = async (method, action, pairs, allowed) => {
  const query = new URLSearchParams(pairs);
  const answer = await (method === "get"
    ? fetch(`${action}?${query}`, { headers: { Accept: "text/html" } })
    : fetch(action, { method: "POST", headers: { Accept: "text/html" }, body: query }));
  const root = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [answer.status, judge(root, allowed)];
};
"""
"""`forms` tells the forms of a page, `send` sends one; both need `hostile.JUDGE`."""
