"""Documents and the contracts they are, refs and links followed."""
