"""Strategies: Hypothesis generators of what comes from outside, shared by the tests of all rooms."""
