"""Config: the configuration file, the environment and the secrets, read once into frozen settings.

May live here: reading and checking what an operator wrote, with errors that name file, line and remedy.
May not: Twisted, the store, the meaning of any policy; nothing here runs again after the start.
"""
