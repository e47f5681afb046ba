"""The service, as its clients and its operator see it."""
