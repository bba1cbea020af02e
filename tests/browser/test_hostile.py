"""Hostile texts through every field of every event: on every page where they show they are text, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.browser import hostile, staff
from tests.browser.house import House
from tests.browser.story import accepted
from tests.browser.visit import Visit
from tests.hold.scale import FULL

TEXTS = hostile.texts()
READ = 4 if FULL else 36  # all pages of every so many-th visitor are read by the browser's parser
OPENED = 100 if FULL else 6  # pages that are opened too, with whatever they would start
LISTS = 8 if FULL else 1  # pages of the list of customers
TYPED = 30  # every so many-th text begins a walk through all forms
GROUP = 4  # texts to a crawl
FIRST = 1000  # number of the first visitor
TOLD = range(0, len(TEXTS), 1 if FULL else 4)  # the visitors who tell everything
_OURS = re.compile(r"/(customers|chats|reviews|now|overview|admin)\b")
_MORE = re.compile(r"[?&](cursor|kind|start)=")


@pytest.fixture(scope="module")
def full(house: House) -> House:
    """Everybody has told everything."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: house.tell(*hostile.bodies(TEXTS, FIRST + n, email(n))), TOLD))
    return house


@pytest.fixture
def visit(full: House, browser: Browser) -> Iterator[Visit]:
    made = full.visit(browser)
    made.context.add_init_script(hostile.JUDGE)
    yield made
    made.close()


def email(n: int) -> str:
    return f"h{n}@example.com"


def starts(numbers: range) -> list[str]:
    """Where some of the visitors are found."""
    return [f"/customers?q={quote(email(n))}" for n in numbers]


def typed() -> list[str]:
    """Each text looked for, and as an id."""
    texts = [quote(text[:200], safe="", errors="replace") for text in TEXTS]
    return ["/now/rows?after=0", *(f"/{path}{text}" for text in texts for path in ("customers?q=", "customers/"))]


def crawl(house: House, visit: Visit, begin: list[str], deep: int = 3) -> dict[str, list[str]]:
    """Every page that can be reached in so many clicks, and its faults, as the parser of the browser reads it."""
    allowed = hostile.allowed()
    seen: dict[str, list[str]] = {}
    waiting = list(dict.fromkeys(begin))
    for _ in range(deep):
        with ThreadPoolExecutor(2) as pool:
            halves = pool.map(house.fetch, (waiting[::2], waiting[1::2]))
            fetched = [(path, *page) for paths, half in zip((waiting[::2], waiting[1::2]), halves, strict=True)
                       for path, page in zip(paths, half, strict=True)]  # fmt: skip
        assert {status for _, status, _ in fetched} <= {200, 303, 400, 404}
        read = visit.page.evaluate("([pages, allowed]) => read(pages, allowed)", [[one[2] for one in fetched], allowed])
        links: list[str] = []
        for (path, *_), (wrong, found) in zip(fetched, read, strict=True):
            seen[path] = [f"{path}: {fault}" for fault in wrong]
            links += found
        fresh = (one for one in dict.fromkeys(links) if one not in seen)
        waiting = [one for one in fresh if _OURS.match(one) and not _MORE.search(one)]
    return seen


def test_there_are_enough() -> None:
    assert len(set(TEXTS)) == len(TEXTS) >= 100


@pytest.mark.long
def test_a_fault_is_seen(visit: Visit) -> None:
    """What the others look for is found where it is."""
    visit.go("/customers")
    pages = [
        "<p onclick=x>", "<b>x</b><script>x</script>", "<a href='javascript:x'>x</a>", "<img src=//evil.example/x>",
        "<a href='//evil.example'>x</a>", "<a href='https://evil.example'>x</a>",
        "<form action='//evil.example'></form>", "<p style='x'>",
        "<svg><use href='data:x'></use></svg>", "<iframe></iframe>", "<base href='/x'>",
    ]  # fmt: skip
    read = visit.page.evaluate("([pages, allowed]) => read(pages, allowed)", [pages, hostile.allowed()])
    assert [page for page, (wrong, _) in zip(pages, read, strict=True) if not wrong] == []


@pytest.mark.long
def test_on_every_page_of_everybody_it_is_text(full: House, visit: Visit) -> None:
    visit.go("/customers")
    some = range(0, len(TEXTS), READ)
    seen: dict[str, list[str]] = {}
    for n in range(0, len(some), GROUP):
        seen |= crawl(full, visit, starts(some[n : n + GROUP]))
    assert len(seen) > 10 * len(some)
    seen |= crawl(full, visit, typed(), deep=1)
    assert [fault for faults in seen.values() for fault in faults] == []
    visit.look()


@pytest.mark.long
def test_a_page_full_of_it_starts_nothing(full: House, visit: Visit) -> None:
    """The lists, which show all of them, and the pages of some, opened as a person would."""
    page = visit.go("/customers")
    lists = ["/now", "/reviews", "/customers?q=pwned", "/customers?q=script", "/overview", "/admin"]
    reached = list(crawl(full, visit, starts(range(0, len(TEXTS), 60))))
    reached = reached[:: max(1, len(reached) // OPENED)]
    for _ in range(LISTS):
        if not page.locator('a[rel="next"]').count():
            break
        page.locator('a[rel="next"]').click()
        page.wait_for_load_state()
        visit.look()
    for path in [*lists, *reached]:
        answer = page.goto(full.origin + path, wait_until="load")
        assert answer is not None and answer.status in (200, 400, 404)
        wrong = page.evaluate("(allowed) => judge(document, allowed)", hostile.allowed())
        assert wrong == [], path
        visit.look()


def typed_of(house: House) -> list[str]:
    """The pages of whoever people wrote of."""
    told = [accepted(f"s{n}", name="One", **staff.himself(n)) for n in range(0, len(TEXTS), TYPED)]
    return [house.customer(body) for body in told]


@pytest.mark.long
def test_what_staff_type_is_text_too(house: House, browser: Browser) -> None:
    """Notes, edits, answers to doubts, names of users, searches: what comes back at once, and what stays of it."""
    house.invited("colleague@example.com")
    visit, stranger = house.visit(browser), house.visit(browser, signed_in=False)
    sent: dict[str, list[str]] = {}
    for one, numbers in ((visit, range(0, len(TEXTS), TYPED)), (stranger, range(1))):
        one.context.add_init_script(hostile.JUDGE + staff.SCRIPT)
        for n in numbers:
            one.go("/customers" if one is visit else "/login")
            paths = staff.desks(house, n) if one is visit else ["/login", house.invited("newcomer@example.com")]
            for action, wrong in staff.typing(one, paths, staff.turn(TEXTS, n)):
                sent.setdefault(action, []).extend(wrong)
            one.look()
    assert [f"{action}: {fault}" for action, wrong in sent.items() for fault in wrong] == []
    assert staff.unsent(sent) == set()
    for path in ("/now", "/reviews", "/customers", "/admin/users", "/admin", *typed_of(house)):
        visit.go(path)
        assert visit.page.evaluate("(allowed) => judge(document, allowed)", hostile.allowed()) == [], path
        visit.look()
    visit.close()
    stranger.close()
