"""Decision: bytes <-> Decision, as they lie in the journal: one JSON object with its kind under "decision"."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import orjson
from cattrs import BaseValidationError

from jivod.model.decision import (
    Clear,
    Confirm,
    Create,
    Decision,
    Delay,
    Detach,
    Different,
    Edit,
    Erase,
    Merge,
    Note,
    Primary,
    Retain,
    Retract,
    Shared,
    Strike,
    Unmerge,
)
from jivod.model.errors import Damaged
from jivod.strict import make_converter

_KINDS: dict[str, type[Decision]] = {
    "create": Create,
    "edit": Edit,
    "clear": Clear,
    "confirm": Confirm,
    "primary": Primary,
    "retract": Retract,
    "merge": Merge,
    "unmerge": Unmerge,
    "detach": Detach,
    "erase": Erase,
    "retain": Retain,
    "different": Different,
    "delay": Delay,
    "note": Note,
    "strike": Strike,
    "shared": Shared,
}
_NAMES = {cls: name for name, cls in _KINDS.items()}
_CONVERTER = make_converter()


def name_of(decision: Decision) -> str:
    """The name of its kind, as the journal has it."""
    return _NAMES[type(decision)]


def ids_of(decision: Decision) -> tuple[str, ...]:
    """The customer records that it names."""
    match decision:
        case Merge(loser=a, winner=b) | Different(a=a, b=b) | Delay(a=a, b=b):
            return (a, b)
        case Unmerge(customers=ids, parted=pairs):
            return tuple(dict.fromkeys([*ids, *(id for pair in pairs for id in pair)]))
        case Erase(customers=ids):
            return ids
        case Shared() | Retain():
            return ()
    return (str(getattr(decision, "customer")),)  # noqa: B009


def write(decision: Decision) -> bytes:
    """The body of the journal entry. Raises TypeError for text that UTF-8 cannot hold, or an integer beyond 64 bits."""
    plain: dict[str, Any] = {"decision": name_of(decision), **_CONVERTER.unstructure(decision)}
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def read(body: bytes) -> Decision:
    """The decision in the body of a journal entry. Raises Damaged: only `write` makes such bodies."""
    try:
        plain = orjson.loads(body)
        cls = _KINDS[plain.pop("decision")]
        found: Decision = _CONVERTER.structure(plain, cls)
    except (orjson.JSONDecodeError, KeyError, AttributeError, TypeError, BaseValidationError) as error:
        raise Damaged("table journal: a decision cannot be read; restore from a backup") from error
    return found


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _tuple(value: Any, kind: Any) -> tuple[Any, ...]:
    """Of a list alone: cattrs would take a text for the list of its characters."""
    if type(value) is not list:
        raise TypeError(f"expected list, found {type(value).__name__}")
    items = get_args(kind)
    if items[-1] is not Ellipsis and len(items) != len(value):
        raise TypeError(f"expected {len(items)} values, found {len(value)}")
    return tuple([_CONVERTER.structure(one, items[0]) for one in value])


_CONVERTER.register_structure_hook_func(_is_tuple, _tuple)
