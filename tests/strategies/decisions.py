"""Decisions: a Hypothesis strategy for what a person decides. Every dial is a keyword and takes a strategy."""

from __future__ import annotations

from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from jivod.model.contact import Key
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
from tests.strategies import records

DECISIONS: SearchStrategy[type[Decision]] = st.sampled_from(
    [
        Clear, Confirm, Create, Delay, Detach, Different, Edit, Erase, Merge, Note, Primary, Retain, Retract, Shared,
        Strike, Unmerge,
    ]
)  # fmt: skip


def decisions(
    *,
    kinds: SearchStrategy[type[Decision]] = DECISIONS,
    ids: SearchStrategy[str] = records.IDS,
    seqs: SearchStrategy[int] = records.SEQS,
    keys: SearchStrategy[Key] | None = None,
    attributes: SearchStrategy[str] = records.ATTRIBUTES,
    values: SearchStrategy[str] = records.VALUES,
) -> SearchStrategy[Decision]:
    """Something that a person decided. The ids are any: a merge may be of one and the same."""
    fields: dict[str, SearchStrategy[Any]] = {
        "anchors": st.dictionaries(ids, seqs, max_size=3),
        "attribute": attributes,
        "by": records.ANY_NAMES,
        "customers": st.lists(ids, max_size=3).map(tuple),
        "entries": seqs,
        "months": st.integers(1, 240),
        "spans": st.lists(st.tuples(seqs, seqs), max_size=3).map(tuple),
        "marks": st.lists(ids, max_size=2).map(tuple),
        "key": keys or records.contact_keys(),
        "note": seqs,
        "of": seqs,
        "parted": st.lists(st.tuples(ids, ids), max_size=3).map(tuple),
        "reason": records.ANY_NAMES,
        "said": st.lists(st.tuples(attributes, values), max_size=3).map(tuple),
        "seqs": st.lists(seqs, max_size=3).map(tuple),
        "text": records.ANY_NAMES,
        "until": records.TIMES,
        "value": values,
    }
    fields |= dict.fromkeys(("a", "b", "customer", "loser", "winner"), ids)
    fields |= dict.fromkeys(("different", "settles", "shared", "struck", "tree"), st.booleans())

    def of_kind(kind: type[Decision]) -> SearchStrategy[Decision]:
        return st.builds(kind, **{field.name: fields[field.name] for field in attrs.fields(kind)})

    return kinds.flatmap(of_kind)
