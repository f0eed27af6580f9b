"""The command line, one module a command: ``register`` says how it is called, ``run`` does it.

A command imports what it needs when it runs, so that ``--help`` is there at once.
"""
