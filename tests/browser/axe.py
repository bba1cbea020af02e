"""Axe: what axe-core finds on a page that breaks WCAG 2.2, level AA."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

_SCRIPT = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN = """(tags) => axe.run(document, {
  runOnly: tags, resultTypes: ["violations"], rules: {"target-size": {enabled: true}},
}).then(({violations}) => violations.flatMap((found) =>
  found.nodes.map((node) => [
    `${found.id}: ${node.target.join(" ")}`,
    node.html.slice(0, 160),
    node.failureSummary.replace(/\\s+/g, " ").slice(0, 300),
  ].join(" | "))))"""


def faults(page: Page) -> list[str]:
    """Each with the rule, the place and what is wrong there."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_SCRIPT)
    found: list[str] = page.evaluate(_RUN, _TAGS)
    return found
