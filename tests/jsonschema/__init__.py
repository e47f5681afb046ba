"""JSON Schemas: values drawn from them, and broken on purpose."""
