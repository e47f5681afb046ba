# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Asks 1.0.0, generated."""
