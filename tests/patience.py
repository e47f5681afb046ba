"""How long a test waits for what must come."""

PATIENCE = 30.0
"""Seconds after which what was expected counts as missing, whatever else came meanwhile.

A whole wait has one deadline. It is long enough for a slow machine that does other work too, and
shorter than a test's own deadline, so that what fails is the wait, by name.
"""
