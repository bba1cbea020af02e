"""Wire: Jivo's dialect. Bytes of a webhook body become a clean `Event`; an `Answer` becomes bytes.

May live here: decoding, the tolerated quirks of what Jivo and others really send, size caps, encoding.
May not: HTTP, storage, policy (what a good e-mail is, who somebody is), clocks, logging. Only pure functions.
"""
