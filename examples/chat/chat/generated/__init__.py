# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Chat 1.0.0, generated."""
