"""Schema: JSON Schema of the classes of requests and answers, so that the description cannot say another thing."""

from __future__ import annotations

import inspect
from types import NoneType, UnionType
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from attrs import NOTHING, define, field, fields, has

from jivod.web.api.fields import limits_of
from jivod.web.api.page import END

Schema = dict[str, Any]

_PLAIN: dict[Any, str] = {str: "string", bool: "boolean", float: "number", int: "integer", NoneType: "null"}


@define(eq=False)
class Schemas:
    """The schemas of all classes that were asked for, by name; `components` of the description."""

    components: dict[str, Schema] = field(factory=dict)
    _named_of: dict[str, tuple[Any, bool]] = field(factory=dict, init=False)

    def of(self, kind: Any, *, strict: bool = False, limits: dict[str, Any] | None = None) -> Schema:
        """The schema of a type. `strict`: of a request, in which no other field may be."""
        origin, arguments = get_origin(kind), get_args(kind)
        if kind in _PLAIN:
            return {"type": _PLAIN[kind], **_for(kind, limits or {})}
        if origin in (Union, UnionType):
            return self._of_union(arguments, strict, limits)
        if origin in (list, tuple):
            return self._of_list(origin, arguments, strict, limits)
        if origin is dict:
            return self._of_dict(arguments, strict, limits)
        if origin is Annotated:
            return self._named("Customer", arguments[1:], kind, strict)
        if kind is Any:
            return {}
        return self._named(kind.__name__, (kind,), kind, strict)

    def parameters(self, cls: type) -> list[Schema]:
        """The parameters of a query."""
        return [
            {"name": attribute.name, "in": "query", "schema": self._of_field(attribute, cls, strict=False)}
            for attribute in fields(cls)
        ]

    def _of_union(self, kinds: tuple[Any, ...], strict: bool, limits: dict[str, Any] | None) -> Schema:
        found = [self.of(each, strict=strict, limits=limits) for each in kinds]
        if len(found) == 2 and found[1] == {"type": "null"} and isinstance(found[0].get("type"), str):
            return {**found[0], "type": [found[0]["type"], "null"]}
        return {"anyOf": found}

    def _of_list(self, origin: Any, kinds: tuple[Any, ...], strict: bool, limits: dict[str, Any] | None) -> Schema:
        if origin is tuple and Ellipsis not in kinds:
            each = [self.of(kind, strict=strict) for kind in kinds]
            return {"type": "array", "prefixItems": each, "minItems": len(each), "maxItems": len(each)}
        most = {name: value for name, value in (limits or {}).items() if name == "maxItems"}
        return {"type": "array", "items": self.of(kinds[0], strict=strict, limits=limits), **most}

    def _of_dict(self, kinds: tuple[Any, ...], strict: bool, limits: dict[str, Any] | None) -> Schema:
        found: Schema = {
            "type": "object",
            "additionalProperties": self.of(kinds[1], strict=strict, limits=limits),
        }
        if limits:
            found["maxProperties"] = limits["maxProperties"]
            found["propertyNames"] = {"minLength": 1, "maxLength": limits["nameLength"]}
        return found

    def _object(self, cls: Any, strict: bool) -> Schema:
        found: Schema = {"type": "object"}
        if has(cls):
            found["properties"] = {a.name: self._of_field(a, cls, strict) for a in fields(cls)}
            found["required"] = [a.name for a in fields(cls) if a.default is NOTHING or not strict]
        else:
            hints = get_type_hints(cls, include_extras=True)
            absent = {name for name, kind in hints.items() if get_origin(kind) is NotRequired}
            plain = {name: get_args(kind)[0] if name in absent else kind for name, kind in hints.items()}
            found["properties"] = {name: self.of(kind, strict=strict) for name, kind in plain.items()}
            found["required"] = [name for name in plain if name not in absent]
        if not found["required"]:
            del found["required"]
        return found | {"additionalProperties": False} if strict else found

    def _of_field(self, attribute: Any, cls: type, strict: bool) -> Schema:
        kind = get_type_hints(cls, include_extras=True)[attribute.name]
        found = self.of(kind, strict=strict, limits=limits_of(attribute))
        plain = isinstance(attribute.default, (bool, int)) and limits_of(attribute)
        return {**found, "default": attribute.default} if plain else found

    def _named(self, name: str, parts: tuple[Any, ...], kind: Any, strict: bool) -> Schema:
        """Where it is. Raises ValueError where another shape has that name: one would be described as the other."""
        if self._named_of.setdefault(name, (kind, strict)) != (kind, strict):
            raise ValueError(f"two shapes are called {name}; give one of them another name")
        if name not in self.components:
            self.components[name] = self._whole([self._object(part, strict) for part in parts])
            if is_typeddict(kind) or has(kind):
                self.components[name]["description"] = " ".join((inspect.getdoc(kind) or "").split())
        return _ref(name)

    @staticmethod
    def _whole(parts: list[Schema]) -> Schema:
        properties: Schema = {}
        required: list[str] = []
        for part in parts:
            properties |= part["properties"]
            required += part.get("required", [])
        return {**parts[0], "properties": properties, **({"required": required} if required else {})}


def _for(kind: Any, limits: dict[str, Any]) -> Schema:
    """Those of the limits that are about a value of this kind."""
    if kind is str:
        return {name: value for name, value in limits.items() if name in ("minLength", "maxLength", "enum")}
    if kind is int:
        found = {name: value for name, value in limits.items() if name in ("minimum", "maximum")}
        return found or {"minimum": -END, "maximum": END}
    return {}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
