"""Words: sentences in code that are translated when the page is printed. The mark is for whoever collects them."""

from __future__ import annotations


def _(sentence: str) -> str:
    """The sentence itself; in a template, `said` gives it in the reader's language."""
    return sentence
