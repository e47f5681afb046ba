"""What is wrong with a contract, or will be: `asyncapi-socketio lint`."""
