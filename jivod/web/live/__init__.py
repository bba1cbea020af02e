"""Live: what just happened, sent to the pages that are open, as server-sent events.

May live here: one stream a page, the hub that reads the store once for all of them, who may listen and how long. May
not: HTML (pages fetch that themselves), threads, decisions about customers.
"""
