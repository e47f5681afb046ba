"""The command line `asyncapi-socketio`: the group, and what its commands share."""

NAME = "asyncapi-socketio"
