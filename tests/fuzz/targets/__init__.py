"""Targets: one parser to a module. `check(data)` returns for what is taken or refused as documented, and raises for all
else. A target imports nothing of the fuzzer, and jivod only inside of the package, so that the fuzzer can watch it.
"""
