"""Signin: who is at the door: passwords tried, sessions given out, and guessing made slow without keeping anybody out.

May live here: cookies, the throttle, whom to believe in a header, the steps of a sign-in. May not: what a page looks
like, rules about users (`flow.staff`), threads.
"""
