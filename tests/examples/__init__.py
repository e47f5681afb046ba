"""The examples, served and talked to."""
