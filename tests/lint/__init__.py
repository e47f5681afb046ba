"""What is wrong with a contract."""
