"""Template: a text of the operator's that is filled in with what is known. Jinja2, and a small part of it only.

Values, filters, `if`, and a `for` over a hundred things at most. No call, no assignment, no attribute of Python: a name
is looked up in tables and lists and nowhere else. So the time and the length of a rendering are bounded by the template
and by what comes in, and a value is only ever a value, whatever stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from attrs import frozen
from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, UndefinedError
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from jivod.policy import formats, grammar
from jivod.policy.formats import TEXT_CAP, Absent, Unshowable, number
from jivod.policy.grammar import Path, Unusable

SOURCE_CAP = 2000  # characters of a template
URL_CAP = 2048
_BORROWED = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "items", "last", "length", "list",
    "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "string", "sum",
    "title", "trim", "truncate", "unique", "upper",
)  # fmt: skip
_LOOP = frozenset(("index", "index0", "first", "last", "length"))
_UNSEEN = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_STEPS = ("", ".", "..")


class _Missing(StrictUndefined):
    """What is not there counts as false, equals nothing, and cannot be shown."""

    __slots__ = ()
    __eq__, __ne__, __hash__ = Undefined.__eq__, Undefined.__ne__, Undefined.__hash__  # type: ignore[assignment]

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


class _Environment(ImmutableSandboxedEnvironment):
    """`show` makes text of a value that is put out."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%"))

    def __init__(self, filters: Mapping[str, formats.Filter], show: Callable[[Any], str]) -> None:
        super().__init__(undefined=_Missing, finalize=show, autoescape=False, cache_size=0)
        self.filters = {name: FILTERS[name] for name in _BORROWED} | dict(filters) | {grammar.FEW: grammar.few}
        self.globals = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, (dict, list, tuple, str)):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        return self.undefined(obj=obj, name=str(argument))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic is of numbers alone: a text times a number has no bound, nor has a text that is a format."""
        return super().call_binop(context, operator, number(left), number(right))


@frozen
class Template:
    """`names` is what it looks up."""

    names: frozenset[Path]
    _render: Callable[[Mapping[str, Any]], Iterator[str]]
    _cap: int

    def render(self, names: Mapping[str, Any]) -> str:
        """The text, cut where it is too long. Raises Absent if a value is not there, Unshowable if it does not fit."""
        parts, size = [], 0
        try:
            for part in self._render(names):
                parts.append(part)
                size += len(part)
                if size > self._cap:
                    break
        except Unshowable:
            raise
        except UndefinedError as error:
            raise Absent(_lower(error.message)) from None
        except Exception:  # whatever a value may do to an operator or a filter
            raise Unshowable("a value is not of the kind that is needed here") from None
        return "".join(parts)[: self._cap]


class Press:
    """Makes templates for readers of `language`: `text` for what is read, `link` for addresses."""

    def __init__(self, language: str) -> None:
        filters = formats.filters(language)
        self._date = filters["date"]
        self._text = _Environment(filters, self._shown)
        self._link = _Environment(filters, quoted)

    def text(self, source: str) -> Template:
        """A text; each value in it is one line. Raises Unusable."""
        return _make(self._text, source, TEXT_CAP)

    def link(self, source: str) -> Template:
        """An address; each value in it is quoted, so that it stays the part that it stands in. Raises Unusable."""
        return _make(self._link, source, URL_CAP)

    def address(self, source: str) -> Template:
        """An address that is one value as a whole. Raises Unusable."""
        return _make(self._text, source, URL_CAP)

    def _shown(self, value: Any) -> str:
        if isinstance(value, date):
            return str(self._date(value))
        if isinstance(value, (list, tuple)):
            return ", ".join([self._shown(item) for item in value[: grammar.TURNS]])
        if isinstance(value, bool):
            return "✓" if value else "✗"
        return one_line(_plain(value))


def one_line(text: str) -> str:
    """A value as one line of what can be seen, in the direction of its surroundings."""
    text = text[:URL_CAP]
    return text if text.isprintable() else _UNSEEN.sub(" ", text).strip()


def quoted(value: Any) -> str:
    """A value as a part of an address: neither a step in a path nor the end of a part."""
    text = str(value).lower() if isinstance(value, bool) else value.isoformat() if isinstance(value, date) else None
    text = _plain(value) if text is None else text
    if text in _STEPS or len(text) > TEXT_CAP:
        raise Unshowable("this does not fit into an address")
    return quote(text, safe="", errors="replace")


def _plain(value: Any) -> str:
    if isinstance(value, Undefined):
        value._fail_with_undefined_error()
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if not isinstance(value, (int, float)):
        raise Unshowable("this is not a single value")
    return str(value)


def _make(env: _Environment, source: str, cap: int) -> Template:
    if len(source) > SOURCE_CAP:
        raise Unusable(f"is longer than {SOURCE_CAP} characters; write less")
    try:
        tree = env.parse(source)
        names = grammar.names(tree, env)
        made = env.template_class.from_code(env, env.compile(tree), env.globals)
    except TemplateSyntaxError as error:
        raise Unusable(f"is no template ({_lower(error.message)}); write values like {{{{ customer.name }}}}") from None
    except (RecursionError, ValueError, SyntaxError, MemoryError):
        raise Unusable("is too deeply nested, or holds a number too long; write it in a simpler way") from None
    return Template(names, lambda values: made.root_render_func(made.new_context(dict(values))), cap)


def _lower(sentence: str | None) -> str:
    text = (sentence or "it does not end").rstrip(".")
    return text[:1].lower() + text[1:]
