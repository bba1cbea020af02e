"""Faults: the real daemon is struck under load, again and again, and books are kept: what was answered 200 is there.

`books` holds what was sent and answered, a `nemesis` is what strikes, `rounds` is the course of it. What may be done at
all on a machine (mount, compile) is asked once, in `conftest`; what may not is skipped aloud.
"""
