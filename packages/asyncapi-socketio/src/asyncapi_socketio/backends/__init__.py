"""A contract on the Socket.IO server that a team has already."""
