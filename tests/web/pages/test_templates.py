"""Templates: none lets a text through unescaped, none has a script, a style or a handler within, all can be read."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jivod.web.pages import pages
from jivod.web.pages.assets import Assets
from jivod.web.pages.press import Press
from tests.web.pages.test_record import ids
from tests.web.pages.window import Window

ROOM = Path(pages.__file__).parent
TEMPLATES = sorted((ROOM / "templates").iterdir())
FORBIDDEN = {
    "safe": r"\|\s*safe\b",
    "autoescape": r"autoescape",
    "markup": r"Markup",
    "style attribute": r"\sstyle\s*=",
    "style element": r"<style",
    "script within": r"<script(?![^>]*\ssrc=)",
    "handler": r"\son[a-z]+\s*=",
    "javascript": r"javascript:",
    "base": r"<base\b",
    "from elsewhere": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
    "form without csrf": r"<form method=\"post\"(?![^>]*>\s*<input type=\"hidden\" name=\"(?:csrf|next)\")",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_nothing_dangerous(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)] == []


def test_all_templates_can_be_read_and_escape_what_they_are_given() -> None:
    environment = Press(Assets())._environment
    for path in TEMPLATES:
        assert environment.get_template(path.name)
    assert environment.autoescape is True


def test_every_file_that_a_template_names_is_there() -> None:
    names = {name for path in TEMPLATES for name in re.findall(r"asset\('([^']+)'\)", path.read_text("utf-8"))}
    assert names <= set(Assets().files) and "app.css" in names


def test_every_icon_that_a_template_names_is_there() -> None:
    sprite = (ROOM / "static" / "icons.svg").read_text("utf-8")
    text = "".join(path.read_text("utf-8") for path in TEMPLATES)
    wanted = set(re.findall(r"icon\(\"(\w+)\"\)", text)) | {"overview", "now", "customers", "reviews", "admin"}
    assert {name for name in wanted if f'id="{name}"' not in sprite} == set()


def test_a_style_sheet_loads_nothing_from_elsewhere() -> None:
    for path in (ROOM / "static").glob("*.css"):
        assert not re.search(r"@import|url\(", path.read_text("utf-8"))


def test_a_first_visit_is_small() -> None:
    assert sum(len(asset.packed) for asset in Assets().files.values()) < 20_000


@contextmanager
def left() -> Iterator[list[str]]:
    """The kinds of all objects that only the collector can free."""
    found: list[str] = []
    gc.collect()
    gc.freeze()  # what was there before is not looked at again
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield found
        gc.collect()
        found += [type(one).__module__ for one in gc.garbage]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


def test_a_printed_page_leaves_nothing_of_it_to_the_collector(full: Window) -> None:
    (id,) = ids(full, "ayse@example.com")
    full.look("/overview")  # all that is loaded once stays
    with left() as found:
        for path in ("/customers", f"/customers/{id}", "/reviews", "/now", "/overview", "/admin", "/nowhere"):
            assert full.look(path).status in (200, 404)
    assert [module for module in found if module.startswith(("jinja2", "jivod.model", "jivod.flow"))] == []
