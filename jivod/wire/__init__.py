"""Wire: Jivo's dialect, and the formats of files. Bytes of a webhook body become a clean `Event`; an `Answer` becomes
bytes; a file of the company's own data becomes rows, and customers become one.

May live here: decoding, the tolerated quirks of what Jivo and others really send, size caps, encoding.
May not: HTTP, storage, policy (what a good e-mail is, who somebody is), clocks, logging. Only pure functions.
"""
