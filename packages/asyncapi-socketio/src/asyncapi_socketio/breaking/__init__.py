"""Which clients a change of a contract breaks: `asyncapi-socketio breaking`."""
