"""Body: bytes -> a request, strictly: no unknown field, no value of another type, every fault with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

import orjson
from attrs import fields, has
from cattrs import BaseValidationError, ClassValidationError, ForbiddenExtraKeysError, IterableValidationError
from cattrs.gen import make_dict_structure_fn

from jivod.model.customer import GoldenRecord
from jivod.strict import make_converter
from jivod.web.api.fields import exceeded, pointer
from jivod.web.hook import refuse_encoded
from jivod.web.problem import Fault, Problem, Stopped

if TYPE_CHECKING:
    from twisted.web.server import Request

T = TypeVar("T")

NOT_JSON_TYPE = Problem(415, "unsupported_type", "The body must be JSON: send Content-Type: application/json.")
NOT_JSON = Problem(400, "not_json", "The body is no JSON in UTF-8; send one JSON object.")
SHOWN = 20  # faults that are told
_LONGEST = 60  # characters of a name that are repeated
_TYPES = (b"application/json", b"application/merge-patch+json")
_READ_ONLY = frozenset([attribute.name for attribute in fields(GoldenRecord)] + ["crm_link"])
_WORDS = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "list": "a list"}
_WORDS |= {"dict": "an object", "NoneType": "null"}


def read(request: Request, raw: bytes, cls: type[T]) -> T:
    """The body as a `cls`. Raises Stopped, with the place of each fault."""
    refuse_encoded(request)
    kind, _, parameters = (request.getHeader(b"Content-Type") or b"").lower().partition(b";")
    if kind.strip() not in _TYPES or parameters.strip() not in (b"", b"charset=utf-8", b'charset="utf-8"'):
        raise Stopped(NOT_JSON_TYPE)
    try:
        plain = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Stopped(NOT_JSON) from None
    return structure(plain, cls)


def structure(plain: Any, cls: type[T]) -> T:
    """A value as it came out of JSON. Raises Stopped."""
    try:
        found = _CONVERTER.structure(plain, cls)
    except BaseValidationError as error:
        raise unfit(list(_faults(error, ""))) from None
    except TypeError as error:
        raise unfit([Fault("pointer", "", _said(error))]) from None
    if beyond := list(exceeded(found)):
        raise unfit(beyond)
    return found


def unfit(faults: list[Fault]) -> Stopped:
    """The refusal of a request that is not made as it must be."""
    first = faults[0]
    place = first.place or "the body"
    message = f"The request is not made as it must be: {place} {first.detail}."
    return Stopped(Problem(400, "bad_request", message, faults=tuple(faults[:SHOWN])))


def _faults(error: BaseException, path: str) -> Iterator[Fault]:
    if isinstance(error, ForbiddenExtraKeysError):
        for name in sorted(error.extra_fields):
            is_read_only = name in _READ_ONLY and not path
            what = "is read only; leave it out" if is_read_only else "is not known here; leave it out"
            yield Fault("pointer", path + pointer(name[:_LONGEST]), what)
    elif isinstance(error, (ClassValidationError, IterableValidationError)):
        placed, others = error.group_exceptions()
        for inner, note in placed:
            yield from _faults(inner, path + pointer(_name_of(note)))
        for inner in others:
            yield from _faults(inner, path)
    elif isinstance(error, KeyError):
        yield Fault("pointer", path, "is missing")
    else:
        yield Fault("pointer", path, _said(error))


def _name_of(note: Any) -> str | int:
    found: str | int = note.name if hasattr(note, "name") else note.index
    return found[:_LONGEST] if isinstance(found, str) else found


def _said(error: BaseException) -> str:
    """The words of a hook of ours, or of the strict converter's: "expected str, found int"."""
    words = str(error).removeprefix("expected ").split(", found ")
    return f"must be {_WORDS.get(words[0], words[0])}" if len(words) == 2 else "cannot be used"


def _demand(kind: type, value: Any) -> None:
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, found {type(value).__name__}")


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_dict(kind: Any) -> bool:
    return get_origin(kind) is dict


def _tuple(value: Any, kind: Any) -> tuple[Any, ...]:
    _demand(list, value)
    items: Any = list[get_args(kind)[0]]  # type: ignore[misc]
    return tuple(_CONVERTER.structure(value, items))


def _object(cls: type) -> Any:
    """A hook that takes an object alone: the one that cattrs makes takes a text for the list of its characters."""
    inner: Any = make_dict_structure_fn(cls, _CONVERTER, _cattrs_forbid_extra_keys=True)

    def hook(value: Any, kind: Any) -> Any:
        _demand(dict, value)
        return inner(value, kind)

    return hook


_CONVERTER = make_converter()
_BY_NAME = make_converter()


def _dict(value: Any, kind: Any) -> Any:
    _demand(dict, value)
    return _BY_NAME.structure(value, kind)


_CONVERTER.register_structure_hook_func(_is_tuple, _tuple)
_CONVERTER.register_structure_hook_func(_is_dict, _dict)
_CONVERTER.register_structure_hook_factory(has, _object)
