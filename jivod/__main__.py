"""`python -m jivod` is the command `jivod`."""

from __future__ import annotations

from jivod.cli.main import main

if __name__ == "__main__":
    main(prog_name="jivod")
