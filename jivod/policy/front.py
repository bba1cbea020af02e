"""Front: all that the operator wrote for the agent's panel, tried out and ready for use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from attrs import frozen

from jivod.model.errors import BadConfig
from jivod.model.written import VERIFIED, RowDraft, Written
from jivod.policy import inquiry, rows
from jivod.policy.inquiry import Inquiry
from jivod.policy.rows import Rows
from jivod.policy.template import Press


@frozen(kw_only=True)
class Front:
    """`inquiry`: None where no other CRM is asked. `notes` are sentences about what is allowed and yet may surprise."""

    rows: Rows
    inquiry: Inquiry | None
    notes: tuple[str, ...]


def prepare(
    drafts: Iterable[RowDraft], url: Written | None, looked: Collection[str], language: str,
    seconds: Callable[[], float],
) -> Front:  # fmt: skip
    """Templates of all that; `looked` are the names of values that come from `url`, `seconds` is a clock.

    Raises BadConfig, a line for each fault: FILE:LINE: what is wrong; what to do.
    """
    press, faults = Press(language), []
    found, asked = Rows.of(()), None
    try:
        found = rows.prepare(drafts, press, looked, seconds)
    except BadConfig as error:
        faults.append(str(error))
    try:
        asked = inquiry.prepare(url, press) if url else None
    except BadConfig as error:
        faults.append(str(error))
    if faults:
        raise BadConfig("\n".join(faults))
    return Front(rows=found, inquiry=asked, notes=tuple(_notes(found, asked, url)))


def _notes(found: Rows, asked: Inquiry | None, url: Written | None) -> Iterator[str]:
    users = [row for row in found.rows if row.is_looked_up]
    if asked and url and not users:
        yield f"{url.where}: no row shows anything of the look-up, so nobody is asked"
    if asked and url and not asked.is_proven and any(row.when == VERIFIED for row in users):
        yield (
            f"{url.where}: a row that is shown to proven customers alone is looked up by what anybody may have typed; "
            "ask by customer.token, customer.verified_email or customer.verified_phone"
        )
