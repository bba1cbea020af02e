"""Looks: every page in light and dark, on a desk and on a phone: can all use it, does it fit, what does it weigh."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import places, story
from tests.browser.axe import faults
from tests.browser.house import DESK, PHONE, House
from tests.browser.visit import Visit
from tests.hold.scale import FULL
from tests.smoke.daemon import ROOT

SCREENS = Path(os.environ.get("JIVOD_SCREENS", ROOT / "build" / "screens"))
HEAVIEST = 150_000  # bytes of a first visit
WAYS = [("desk", DESK, "light")]
if FULL:
    WAYS += [("phone", PHONE, "dark"), ("desk", DESK, "dark"), ("phone", PHONE, "light")]
HIGHEST = 6000  # px of a picture
NARROWEST = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def told(house: House) -> story.Told:
    return story.tell(house)


@pytest.fixture(scope="module")
def paths(house: House, browser: Browser, told: story.Told) -> dict[str, str]:
    visit = house.visit(browser)
    review = visit.go("/reviews").locator("a.whole").first.get_attribute("href") or ""
    visit.go("/admin").get_by_role("button", name="Send a test event").click()
    visit.page.wait_for_url("**/admin/test/*")
    trial = visit.page.url.removeprefix(house.origin)
    visit.close()
    invitation = house.invited("mert@example.com")
    return places.places(told, review, invitation, trial)


@pytest.fixture
def visit(house: House, browser: Browser) -> Iterator[Visit]:
    made = house.visit(browser)
    yield made
    made.close()


def walk(visit: Visit, name: str, path: str, status: int = 200) -> None:
    """Look at one page in all ways."""
    page = visit.go(path, status)
    assert visit.weight() < HEAVIEST
    found: list[str] = []
    for size, shape, scheme in WAYS:
        _unroll(page, shape)
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.screenshot(path=SCREENS / f"{name}-{size}-{scheme}.png")
        found += [f"{size}, {scheme}: {fault}" for fault in faults(page)]
    for shape in (PHONE, NARROWEST):
        page.set_viewport_size(shape)  # type: ignore[arg-type]
        found += [f"{shape['width']} px: wider than the window by {more} px" for more in (places.scroll(page),) if more]
    assert not found, "\n".join([name, *found])
    visit.look()


def _unroll(page: Page, shape: dict[str, int]) -> None:
    """A window as high as the page: nothing that sticks to an edge of it covers anything."""
    page.set_viewport_size(shape)  # type: ignore[arg-type]
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": shape["width"], "height": min(height, HIGHEST)})


@pytest.mark.long
@pytest.mark.parametrize("name", list(places.EMPTY))
def test_where_nothing_has_happened(visit: Visit, name: str) -> None:
    walk(visit, f"empty-{name}", places.EMPTY[name])


NOBODY = story.Told(ayse="/customers/a", deniz="/customers/d", asli="/customers/e", chat="/chats/a/b",
                    call="/chats/a/c", message="/chats/a/d")  # fmt: skip
NAMES = list(places.places(NOBODY, "/reviews/a.b", "/welcome/x", "/admin/test/1"))


@pytest.mark.long
def test_every_page_has_a_name(paths: dict[str, str]) -> None:
    assert places.unnamed(list(paths.values())) <= places.PARTS
    assert set(paths) == set(NAMES)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_page(house: House, browser: Browser, paths: dict[str, str], name: str) -> None:
    visit = house.visit(browser, signed_in=name not in places.STRANGERS)
    walk(visit, name, paths[name])
    visit.close()


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "path", "status"),
    [("mishap", "/customers/nobody", 404), ("stale", "/welcome/" + "x" * 43, 404), ("nowhere", "/nowhere", 404)],
)
def test_a_page_of_a_problem(house: House, browser: Browser, name: str, path: str, status: int) -> None:
    visit = house.visit(browser, signed_in=name not in places.STRANGERS)
    walk(visit, name, path, status)
    visit.close()
