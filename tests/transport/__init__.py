"""The transport, over raw sockets."""
