"""An example of asyncapi-socketio: a chat with rooms, tokens, two namespaces and a question."""
