"""Query: what stands behind the "?" -> a request, as strictly as a body is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from attrs import fields

from jivod.web.api.body import unfit
from jivod.web.api.fields import exceeded
from jivod.web.problem import Fault

if TYPE_CHECKING:
    from twisted.web.server import Request

T = TypeVar("T")

_BOOLS = {"true": True, "false": False}
_DIGITS = 16
_LONGEST = 60  # characters of a name that are repeated


def read(request: Request, cls: type[T]) -> T:
    """The parameters as a `cls`. Raises Stopped, with the name of each that is wrong."""
    known = {attribute.name: attribute for attribute in fields(cls)}  # type: ignore[arg-type]
    given: dict[str, Any] = {}
    faults: list[Fault] = []
    for raw, values in (request.args or {}).items():
        name = raw.decode("utf-8", "replace")
        try:
            given[name] = _given(known[name].type, values)
        except KeyError:
            faults.append(Fault("parameter", name[:_LONGEST], "is not known here; leave it out"))
        except ValueError as error:
            faults.append(Fault("parameter", name, str(error)))
    found = None if faults else cls(**given)
    if faults := faults or list(exceeded(found, "parameter")):
        raise unfit(faults)
    assert found is not None
    return found


def _given(kind: Any, values: list[bytes]) -> Any:
    if "tuple" in str(kind):
        return tuple([_value(str, value) for value in values])
    if len(values) != 1:
        raise ValueError("is given twice; give it once")
    return _value(kind, values[0])


def _value(kind: Any, value: bytes) -> str | int | bool:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise ValueError("must be UTF-8") from None
    if kind in (bool, "bool"):
        if text not in _BOOLS:
            raise ValueError("must be true or false")
        return _BOOLS[text]
    if kind not in (int, "int"):
        return text
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise ValueError("must be a whole number")
    return int(text)
