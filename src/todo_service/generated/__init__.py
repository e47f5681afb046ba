# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Todo service 1.0.0 in Python: models, operations, and one JSON Schema a payload and ack."""
