"""Store: everything that is kept, as records and index entries in one ordered key-value environment.

May live here: the engine contract (`kv`) and its engines, the codecs of keys and records, one repository per noun
(functions over a `Txn`), and what keeps the whole sound: `check`, `migrate`, `lock`, the files of backups.
May not: policy, JSON of the wire, Twisted, clocks. Only `store.lmdb` knows LMDB.
"""
