"""An example of asyncapi-socketio: a feed of prices that no client causes."""
