"""The library, without the todo service."""
