"""Programs for people who own a contract."""
