"""Policy: the rules of identity and survivorship, as pure functions over the model.

May live here: what a good key is, who an event is about, which value wins, what the agent sees, and the tables that
say so.
May not: input or output, clocks, the store, the wire. The same arguments always give the same result.
"""
