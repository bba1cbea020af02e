"""CLI: one file a verb: parse, call a flow, print, exit code. A composition root: it opens the store itself.

May live here: click commands, and how things look on a terminal. May not: Twisted, rules of any kind, and anything that
the page or the API would need as well. Verbs are imported when they are called, so that each starts fast.

Exit codes: 0 done, 1 refused or faults found, 2 wrong usage, 65 damaged store, 78 configuration that cannot be used.
"""
