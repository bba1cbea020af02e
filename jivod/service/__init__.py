"""Service: the composition root of the daemon: builds everything, starts it in order, stops it in the reverse order.

May live here: Twisted services, threads, clocks, signals, randomness, the policy file, the log, exit codes.
May not: HTTP (that is web), decisions (flow).
"""
