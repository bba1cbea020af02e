"""Grammar: what a template of the operator's may be made of, and the names it looks up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeGuard

from jinja2 import Environment, nodes

from jivod.strict.table import meant

TURNS = 100  # of a loop
FEW = "_few"  # the filter, of a name that no template uses, that bounds a loop
_ALLOWED = (
    nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Slice, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos,
    nodes.Concat, nodes.List, nodes.Tuple, nodes.Keyword,
)  # fmt: skip

Path = tuple[str, ...]
"""A name as far as it stands in the text: ("customer", "name")."""


class Unusable(Exception):
    """The template itself is wrong: what, and what to do."""


def few(values: Any) -> list[Any]:
    """As many as a loop may have."""
    return list(islice(values, TURNS))


def names(tree: nodes.Template, env: Environment) -> frozenset[Path]:
    """What the template looks up. Raises Unusable for what has no place in it, and bounds its loops."""
    found: set[Path] = set()
    local = {"loop"}
    for loop in tree.find_all(nodes.For):
        if loop.recursive or any(True for part in loop.body for _ in _inner_loops(part)):
            raise Unusable("has a loop within a loop; write one of them as a row of its own")
        local.update(name.name for name in (loop.target, *loop.target.find_all(nodes.Name)) if _is_name(name))
        loop.iter = nodes.Filter(loop.iter, FEW, [], [], None, None, environment=env)
    for node in _walk(tree, found):
        _refuse(node, env)
    return frozenset(path for path in found if path[0] not in local)


def _inner_loops(node: nodes.Node) -> Iterator[nodes.Node]:
    if isinstance(node, nodes.For):
        yield node
    yield from node.find_all(nodes.For)


def _is_name(node: nodes.Node) -> TypeGuard[nodes.Name]:
    return isinstance(node, nodes.Name)


def _walk(node: nodes.Node, found: set[Path]) -> Iterator[nodes.Node]:
    """Every node below; a chain of names is one path, and its nodes are not visited by themselves."""
    for child in node.iter_child_nodes():
        if path := _path(child):
            found.add(path)
        else:
            yield child
            yield from _walk(child, found)


def _path(node: nodes.Node) -> Path:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr) and (base := _path(node.node)):
        return (*base, node.attr)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        base = _path(node.node)
        return (*base, node.arg.value) if base else ()
    return ()


def _refuse(node: nodes.Node, env: Environment) -> None:
    if not isinstance(node, _ALLOWED):
        what = "calls something" if isinstance(node, nodes.Call) else f"has a {type(node).__name__.lower()} in it"
        raise Unusable(f"{what}, which has no place here; use values, filters, if and for")
    if isinstance(node, nodes.Filter) and node.name not in env.filters:
        known = [name for name in env.filters if not name.startswith("_")]
        raise Unusable(f"uses the filter {node.name!r}, which is not known here; {meant(node.name, known)}")
    if isinstance(node, nodes.Test) and node.name not in env.tests:
        raise Unusable(f"uses the test {node.name!r}, which is not known here; {meant(node.name, list(env.tests))}")
