"""Names: which family of body this is. Users point three other Jivo APIs at the same URL when they mix them up."""

from __future__ import annotations

from typing import Any

from jivod.model.errors import Unreadable
from jivod.wire.oddity import Json
from jivod.wire.text import NAME_CAP, Odd, mend

WEBHOOK, CRM, FOREIGN, UNKNOWN = "webhook", "crm", "foreign", "unknown"

CRM_NAMES = frozenset(
    (
        "created_pipeline",
        "updated_pipeline",
        "deleted_pipeline",
        "created_status",
        "updated_status",
        "deleted_status",
        "reordered_status",
        "assigned_status",
        "changed_require_update_of_status",
        "created_client_tag",
        "updated_client_tag",
        "deleted_client_tag",
        "merged_client_tag",
        "merged_tag",
        "changed_administrator_only_client_tag",
        "created_deal",
        "updated_deal",
        "deleted_deal",
        "created_task",
        "deleted_task",
        "updated_task",
        "completed_task",
        "completed task",
        "fired_task",
        "created_organization",
        "created_client",
        "updated_client",
        "deleted_client",
        "assigned_agent_to_client",
        "changed_client_company",
        "changed_client_blacklist",
        "updated_client_contacts",
    )
)
"""Actions of the CRM-webhook family, for bodies that lack the `event_type` they should have."""

_MISSING = "The body is a JSON object, but no Jivo event: it has no event_name that is a text."


def recognise(body: Json, known: frozenset[str], odd: Odd) -> tuple[str, str]:
    """The family of a body and its event name, clean. `known`: the names of the Webhooks API, taken exactly.

    Raises `Unreadable`.
    """
    name = body.get("event_name")
    if type(name) is str and name in known:
        return WEBHOOK, name
    crm = _crm_type(body)
    if type(name) is not str or not name.strip():
        return _without_name(body, crm)
    shown = mend(name, odd)[:NAME_CAP] or "?"
    if crm or name in CRM_NAMES:
        return CRM, shown
    if name.strip().lower() in known:
        odd.add("event_name_not_exact")
    return UNKNOWN, shown


def _crm_type(body: Json) -> str | None:
    kind = body.get("event_type")
    return kind if type(kind) is str and kind.startswith("crm_") else None


def _without_name(body: Json, crm: str | None) -> tuple[str, str]:
    if crm:
        return CRM, "crm"
    if "event_name" not in body:
        if _filled(body.get("event")) and ("client_id" in body or "chat_id" in body):
            return FOREIGN, "bot_api"
        if _is_object(body, "sender") and (_is_object(body, "recipient") or _is_object(body, "message")):
            return FOREIGN, "chat_api"
    raise Unreadable("no_event_name", _MISSING)


def _filled(value: Any) -> bool:
    return type(value) is str and bool(value.strip())


def _is_object(body: Json, name: str) -> bool:
    return type(body.get(name)) is dict
