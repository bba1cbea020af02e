"""Model: the frozen values that everything else speaks of.

May live here: attrs classes without behaviour beyond small questions about themselves, and the errors.
May not: input or output, clocks, policy, anything that imports another room of jivod.
"""
