# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Todo service 1.0.0, generated."""
