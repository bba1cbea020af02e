"""Contact: the keys by which a customer can be recognised. Values only; what is a good key is policy."""

from __future__ import annotations

from jivod.model.value import frozen

VERIFIED_TOKEN = "verified_token"  # a user_token that the site signed; value: the id inside
TOKEN = "token"  # user_token as it came; anybody can set it from the browser
EMAIL = "email"  # value: normalised address
PHONE = "phone"  # value: E.164
VISITOR = "visitor"  # Jivo's own card (visitor.number, client_id); value: "<account>:<number>"

KINDS = (VERIFIED_TOKEN, TOKEN, EMAIL, PHONE, VISITOR)
"""Every kind of key, strongest first, as the default policy ranks them."""


@frozen(order=True)
class Key:
    """One normalised value that may point to a customer: `kind` is one of `KINDS`, `value` is never blank."""

    kind: str
    value: str


@frozen(kw_only=True)
class Contact:
    """A key as it reached us: how it was typed and, where it may not decide anything, why not.

    `refused` is empty for a usable key, else a short reason in words ("placeholder", "not a phone number").
    A refused contact keeps its text in `key.value`, it is just never looked up.
    """

    key: Key
    raw: str
    refused: str = ""


def visitor_key(account: str, number: str) -> Key:
    """The key of Jivo's card `number` (counted per Jivo account)."""
    return Key(VISITOR, f"{account}:{number}")
