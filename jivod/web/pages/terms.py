"""Terms: what the pages call the things of the model: sources, attributes, kinds of key, reasons, filters."""

from __future__ import annotations

from types import SimpleNamespace

from jivod.flow import comparison, doubts, portrait, timeline
from jivod.model import claim, contact
from jivod.policy import identity
from jivod.web.pages.words import _

SOURCES = {
    claim.OPERATOR: _("decided by a person"),
    claim.IMPORT: _("imported"),
    claim.VERIFIED: _("came with a signed token"),
    claim.REVISED: _("corrected during a chat"),
    claim.VISITOR_TYPED: _("typed by the visitor"),
    claim.PROFILE: _("from a messenger's profile"),
}
ATTRIBUTES = {
    claim.NAME: _("Name"),
    claim.DESCRIPTION: _("Description"),
    claim.ORGANIZATION: _("Organisation"),
    claim.STATUS: _("Status"),
    claim.ASSIGNED_AGENT: _("Responsible agent"),
    claim.TAG: _("Tag"),
    claim.SOCIAL: _("Profile"),
    contact.EMAIL: _("E-mail"),
    contact.PHONE: _("Phone"),
    contact.TOKEN: _("Token"),
    contact.VERIFIED_TOKEN: _("Signed token"),
    contact.VISITOR: _("Browser"),
}
FIELDS = {
    "name": _("Name"),
    "emails": _("E-mails"),
    "phones": _("Phones"),
    "tokens": _("Tokens"),
    "description": _("Description"),
    "social": _("Profiles"),
    "tags": _("Tags"),
    "organization": _("Organisation"),
    "status": _("Status"),
    "assigned_agent": _("Responsible agent"),
}
FIRST = {
    portrait.CHOSEN: _("First, because a person chose it"),
    portrait.IMPORTED: _("First, because an import put it first"),
    portrait.BETTER: _("First, because its source counts more"),
    portrait.FIRST: _("First, because it was seen first"),
    portrait.LAST: _("First, because it was seen last"),
}
MATCHED = {
    identity.SUBJECT: _("The conversation was his already"),
    identity.KEY: _("Recognised by %(kind)s %(value)s"),
    identity.NEW: _("New at that time: nobody had these contacts"),
    identity.LATER: _("Known by what the same conversation told later"),
    identity.CREATED: _("Entered by a person"),
    identity.DETACHED: _("Taken away from another customer by a person"),
}
KEYS = {
    contact.EMAIL: _("the e-mail"),
    contact.PHONE: _("the phone"),
    contact.TOKEN: _("the token"),
    contact.VERIFIED_TOKEN: _("the signed token"),
    contact.VISITOR: _("the browser"),
}
KINDS = {
    timeline.CHAT: _("Chats"),
    timeline.CALL: _("Calls"),
    timeline.MESSAGE: _("Messages left"),
    timeline.NOTE: _("Notes"),
    timeline.EDIT: _("Edits"),
    timeline.MERGE: _("Who is who"),
}
RATES = {
    "good": _("good"),
    "goodnormal": _("rather good"),
    "badnormal": _("rather bad"),
    "bad": _("bad"),
    "positive": _("good"),
    "negative": _("bad"),
}
GROUNDS = {
    doubts.VERIFIED_DATA: _("it has verified data"),
    doubts.MORE_CHATS: _("it has more conversations"),
    doubts.OLDER: _("it is the older one"),
    doubts.LOWER_ID: _("both are alike, and its id is the lower one"),
}
AGAINST = {
    comparison.KEY_DISAGREES: _("Both have %(kind)s, and no two are equal"),
    comparison.TOO_COMMON: _("Many customers have %(kind)s %(value)s"),
    comparison.CALLED_SHARED: _("A person called %(kind)s %(value)s shared"),
    comparison.NAMES_DIFFER: _("The names have no word in common"),
}

TERMS = SimpleNamespace(
    sources=SOURCES, attributes=ATTRIBUTES, fields=FIELDS, first=FIRST, matched=MATCHED, keys=KEYS, kinds=KINDS,
    rates=RATES, grounds=GROUNDS, against=AGAINST,
)  # fmt: skip
"""All of them, for the templates."""
