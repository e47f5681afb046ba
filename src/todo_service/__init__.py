"""A todo service over Socket.IO, from its contract."""
