"""The tools for contract owners: each command, as its users run it."""
