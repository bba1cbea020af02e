"""Api: the company's own programs at the door: `/api/v1`, JSON in and out, one bearer token each.

May live here: routes and what they ask and answer, tokens at the door, preconditions, cursors, the description of all
this. A module of routes is one noun; a handler parses nothing, asks the flow once and answers. May not: decisions
about customers, threads, the webhook.
"""
