"""Hostile: the cases of the list of bad inputs, each under its id, against the daemon as it is run."""
