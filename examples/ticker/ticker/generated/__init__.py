# Generated from asyncapi.yaml by `asyncapi-socketio generate`. Do not edit.
"""Ticker 1.0.0, generated."""
