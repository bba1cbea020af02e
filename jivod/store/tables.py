"""Tables: one line per table, with the shape of its keys (`store.keys`) and what it keeps."""

from __future__ import annotations

# The truth, and what cannot be derived from it.
META = "meta"  # name -> schema version, id key, size of the quarantine and of the replies, what sinks listen to
JOURNAL = "journal"  # seq -> a body as received, with its origin
REPEATS = "repeats"  # seq -> how often the same body came again, and when last
POLICIES = "policies"  # seq -> the policy in force from that entry on
FORMER = "former"  # id of a record that another policy made -> seq of the entry that made it
QUARANTINE = "quarantine"  # number -> a body that could not be read
OUTBOX = "outbox"  # number -> a change that sinks may want to hear of
SINKS = "sinks"  # name -> how far a sink has got
OWED = "owed"  # sink, number -> a change that it could not be told yet
DEAD = "dead"  # sink, number -> a change that was given up
TOKENS = "tokens"  # name -> scope and digest of a token of the API
USERS = "users"  # name -> role, hash of the password and digest of the link of somebody who may sign in
REPLIES = "replies"  # token's name, idempotency key -> what the API answered
REPLIES_BY_TIME = "replies_by_time"  # at, token's name, idempotency key
ERRANDS = "errands"  # id -> an import or erasure that the API was asked for

# Projections: rebuild makes them anew from the journal.
FINGERPRINTS = "fingerprints"  # account, digest (16 bytes) -> seq of the entry with that content
CUSTOMERS = "customers"  # id -> customer
CUSTOMER_KEYS = "customer_keys"  # kind, value, id
CUSTOMER_NAMES = "customer_names"  # folded word of a name, id
EDGES = "edges"  # loser -> edge
EDGES_BY_WINNER = "edges_by_winner"  # winner, loser
CHATS = "chats"  # account, ref -> chat
CHATS_BY_CUSTOMER = "chats_by_customer"  # customer, at descending, account, ref
REASONS = "reasons"  # seq -> reason
REASONS_BY_CUSTOMER = "reasons_by_customer"  # customer, seq
UNATTRIBUTED = "unattributed"  # seq of a reason without a customer
DIFFERENT = "different"  # a, b: never one; said by a person
DIFFERENT_OF = "different_of"  # b, a, b
DECISIONS = "decisions"  # customer, seq of a decision about it
ERASED = "erased"  # id of a record, or mark of a contact, of a person who was erased -> seq of the decision
NOTES = "notes"  # seq of a note -> whether it still stands
SHARED = "shared"  # kind, value -> whether a person called the key shared or one customer's own
MERGES = "merges"  # at, seq, number: merges by rule that the brake counts
REVIEWS = "reviews"  # a, b -> review
REVIEWS_BY_CUSTOMER = "reviews_by_customer"  # a or b, a, b
REVIEWS_BY_STATE = "reviews_by_state"  # state, at descending, a, b
DELAYS = "delays"  # a, b -> until when a review is put off
CARDS = "cards"  # account, card -> what it said, what we told it

# What passes: it lives through a rebuild, but a restore does not bring back who had signed out.
SESSIONS = "sessions"  # digest of the cookie -> who is signed in, since when, where
SESSIONS_BY_USER = "sessions_by_user"  # name, digest

KEPT = (
    META,
    JOURNAL,
    REPEATS,
    POLICIES,
    FORMER,
    QUARANTINE,
    OUTBOX,
    SINKS,
    OWED,
    DEAD,
    TOKENS,
    USERS,
    REPLIES,
    REPLIES_BY_TIME,
    ERRANDS,
)
DERIVED = (
    FINGERPRINTS,
    CUSTOMERS,
    CUSTOMER_KEYS,
    CUSTOMER_NAMES,
    EDGES,
    EDGES_BY_WINNER,
    CHATS,
    CHATS_BY_CUSTOMER,
    REASONS,
    REASONS_BY_CUSTOMER,
    UNATTRIBUTED,
    DIFFERENT,
    DIFFERENT_OF,
    DECISIONS,
    ERASED,
    NOTES,
    SHARED,
    MERGES,
    REVIEWS,
    REVIEWS_BY_CUSTOMER,
    REVIEWS_BY_STATE,
    DELAYS,
    CARDS,
)
PASSING = (SESSIONS, SESSIONS_BY_USER)
LASTING = KEPT + DERIVED
TABLES = LASTING + PASSING
