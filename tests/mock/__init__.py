"""A server made of a contract alone."""
