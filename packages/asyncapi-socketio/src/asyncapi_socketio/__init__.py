"""Serve and check Socket.IO APIs that an AsyncAPI document describes."""
