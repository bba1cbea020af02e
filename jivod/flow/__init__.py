"""Flow: the use cases, as synchronous functions over a transaction. The only room that knows policy and store.

May live here: what happens to an event, a question or a rebuild, step by step. May not: HTTP, threads, clocks, LMDB
itself.
Every function here is pure but for its transaction, so a job may be run again.
"""
