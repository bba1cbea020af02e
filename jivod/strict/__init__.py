"""Strict: reading what we wrote ourselves or what a person configures, without guessing what was meant.

May live here: the strict cattrs converter, TOML files with the line of every fault, and what to do about a
file that may not be read.
May not: the meaning of any value, nor the model: whoever reads a file says which error to raise.
"""

from jivod.strict.converter import explain, make_converter

__all__ = ["explain", "make_converter"]
