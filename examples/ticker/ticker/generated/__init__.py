# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Ticker 1.0.0, generated."""
