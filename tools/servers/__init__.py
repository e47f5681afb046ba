"""Real servers for tests and tools, started from the project's own set-up."""
