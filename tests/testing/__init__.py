"""Live servers, held against a contract."""
