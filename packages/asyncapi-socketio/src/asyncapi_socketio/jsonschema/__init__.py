"""The one dialect of JSON Schema: AsyncAPI's, draft 7."""
