"""ASVS: 46 checks of OWASP's Application Security Verification Standard 5.0, level 2, as far as they concern jivod.

`table` says of each how it is held, and which test shows it, or which line of the README tells the operator how. Tests
that stand in no other room stand here.
"""
