"""Findings, and the forms in which a report of them is printed."""
