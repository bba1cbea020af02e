"""Lmdb: the engine on disk: format 0.9, every commit flushed, no writable map. The only room that may know LMDB."""

from jivod.store.lmdb.engine import LmdbEngine, ScratchEngine
from jivod.store.lmdb.house import demand_durable
from jivod.store.lmdb.opening import make_scratch, open_engine

__all__ = ["LmdbEngine", "ScratchEngine", "demand_durable", "make_scratch", "open_engine"]
