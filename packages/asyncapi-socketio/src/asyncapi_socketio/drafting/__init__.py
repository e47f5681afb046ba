"""A first contract, drafted from what went over a connection."""
