"""Loaded: all of jivod, imported without a reactor: an epoll descriptor must be nobody else's.

Klein takes hold of one when it is imported, for `app.run()`, which nobody calls. It gets something else.
"""

from __future__ import annotations

import sys
from types import ModuleType

_REACTOR = "twisted.internet.reactor"

assert _REACTOR not in sys.modules
sys.modules[_REACTOR] = ModuleType(_REACTOR)
try:
    import twisted.internet.endpoints
    import twisted.scripts._twistd_unix

    import jivod.service.make
finally:
    del sys.modules[_REACTOR]

__all__ = ["jivod", "twisted"]
