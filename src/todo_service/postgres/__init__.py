"""Todos in PostgreSQL: any number of nodes on one database, each of which hears all others."""
