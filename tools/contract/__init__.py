"""Tools for people who own an AsyncAPI document of a Socket.IO API."""
