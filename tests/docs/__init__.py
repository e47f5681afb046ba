"""Every page of the documentation keeps its word."""
