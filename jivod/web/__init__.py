"""Web: the HTTP dialect, bytes in and bytes out. Klein and Werkzeug are known here and nowhere else.

May live here: routes, limits, secrets of the URL, statuses, JSON bodies, counters. May not: decisions about customers,
transactions beyond handing one job to the writer, threads, files, the global reactor.
"""
