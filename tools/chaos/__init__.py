"""Nodes on one database under faults, and a judge of what their clients were told."""
