"""The service's page, measured beside other clients of a list of todos in one browser."""
