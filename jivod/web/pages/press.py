"""Press: templates and values -> HTML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from jivod.config.settings import LANGUAGES
from jivod.web.pages import measures
from jivod.web.pages.assets import Assets
from jivod.web.pages.catalogs import catalog
from jivod.web.pages.formats import FILTERS, counted
from jivod.web.way import FREE, Way

_TEMPLATES = Path(__file__).with_name("templates")
_SHEETS = "_sheets"


class Press:
    """One environment for all languages: sentences are looked up in the language of the page that is printed. All that
    it needs is read when it is made: an error is printed on the thread of the reactor.
    """

    def __init__(self, assets: Assets, templates: Path = _TEMPLATES, way: Way = FREE) -> None:
        self._way = way
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
            extensions=["jinja2.ext.i18n"],
        )
        self._environment.context_class = _Sheet
        extended: Any = self._environment
        extended.install_gettext_callables(_gettext, counted, newstyle=True, pgettext=_pgettext)
        self._environment.globals["ngettext"] = counted
        self._environment.filters.update({**FILTERS, **measures.FILTERS})
        self._environment.globals["asset"] = assets.url
        assert assets.version
        for language in LANGUAGES:
            catalog(language)
        for name in self._environment.list_templates():
            self._environment.get_template(name)

    def print(self, template: str, values: Mapping[str, Any], *, gives_way: bool = False) -> bytes:
        """The page. What no UTF-8 can say is shown as a question mark. `gives_way` waits for events: only on a thread
        that may.
        """
        sheets: list[_Sheet] = []
        try:
            pieces = self._environment.get_template(template).generate({**values, _SHEETS: sheets})
            page = "".join(self._way.along(pieces) if gives_way else pieces)
        finally:
            for sheet in sheets:
                sheet.shred()
        return page.encode("utf-8", "replace")


class _Sheet(Context):
    """The context of one template on a page. Its macros know it and it knows them: left to the collector, the circles
    of a few hundred pages would stop all threads for a tenth of a second.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.parent.setdefault(_SHEETS, []).append(self)

    def shred(self) -> None:
        """The page is printed: nobody needs this any more."""
        for part in (self.vars, self.blocks, self.parent):
            part.clear()


@pass_context
def _gettext(context: Context, sentence: str) -> str:
    return catalog(context["language"]).gettext(sentence)


@pass_context
def _pgettext(context: Context, about: str, sentence: str) -> str:
    return catalog(context["language"]).pgettext(about, sentence)
