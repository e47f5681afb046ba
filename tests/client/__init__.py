"""Generated Python clients: what they do over real sockets, and what their types let through."""
