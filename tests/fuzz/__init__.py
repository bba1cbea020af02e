"""Fuzz: every pure parser under inputs that nobody thought of.

    python -m tests.fuzz                       lists the targets
    python -m tests.fuzz event --seconds 60    needs pip install '.[fuzz]'

`targets/` holds a module for each parser: `check(data)` raises if a promise is broken. `corpus/` holds the inputs that
are kept: few, small, each the only one to reach some line, or one that broke something once. `make test` runs them
all, without the fuzzer.
"""
