"""Seeded nonsense at every layer of the wire, and what the service makes of it."""
