"""A server that needs no handlers, only the contract: `asyncapi-socketio mock`."""
