# Generated from asyncapi.yaml by `asyncapi-socketio generate`. Do not edit.
"""Chat 1.0.0, generated."""
